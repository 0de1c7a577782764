#include "loops.h"

#include "error.h"
#include "format.h"

namespace retrograd::detail {

namespace {

template <class Run>
Run kernel_for(const char* op, const ByDtype<Run>& kernel, Dtype dtype) {
  const Run run = kernel[static_cast<std::size_t>(dtype)];
  if (run) return run;
  std::string taken;
  for (int d = 0; d < kDtypes; ++d)
    if (kernel[static_cast<std::size_t>(d)])
      taken += fmt::format("{}{}", taken.empty() ? "" : ", ", static_cast<Dtype>(d));
  fail<DtypeError>("{}: does not take {} (it takes {})", op, dtype, taken);
}

std::byte* advance(void* p, std::int64_t elements, std::size_t width) {
  return static_cast<std::byte*>(p) + elements * static_cast<std::int64_t>(width);
}
const std::byte* advance(const void* p, std::int64_t elements, std::size_t width) {
  return static_cast<const std::byte*>(p) + elements * static_cast<std::int64_t>(width);
}

}  // namespace

bool runs_evenly(const Shape& out, const Tensor& x) {
  if (x.is_contiguous() && x.shape() == out) return true;
  const Walk<1> walk(out, {&x});
  if (walk.rank == 0) return true;
  const std::int64_t step = walk.strides[0][static_cast<std::size_t>(walk.rank - 1)];
  return step == 0 || step == 1;
}

Tensor readable(const Shape& out, const Tensor& x) { return runs_evenly(out, x) ? x : packed(x); }

Tensor map(const char* op, const ByDtype<UnaryRun>& kernel, const Tensor& x) { return map(op, kernel, x, x.dtype()); }

Tensor map(const char* op, const ByDtype<UnaryRun>& kernel, const Tensor& x, Dtype out_dtype) {
  const UnaryRun run = kernel_for(op, kernel, x.dtype());
  const Tensor in = packed(x);
  Tensor out = Tensor::empty(x.shape(), out_dtype);
  const std::size_t from = size_of(x.dtype()), to = size_of(out_dtype);
  const void* source = in.body().data;
  void* target = out.body().data;
  parallel_chunks(x.size(), [&](std::int64_t begin, std::int64_t end) {
    run(advance(source, begin, from), advance(target, begin, to), end - begin);
  });
  return out;
}

Tensor zip(const char* op, const ByDtype<BinaryRun>& kernel, const Tensor& a, const Tensor& b) {
  return zip(op, kernel, a, b, a.dtype());
}

Tensor zip(const char* op, const ByDtype<BinaryRun>& kernel, const Tensor& a, const Tensor& b, Dtype out_dtype) {
  const BinaryRun run = kernel_for(op, kernel, a.dtype());
  const bool same = a.shape() == b.shape();
  const Shape shape = same ? a.shape() : broadcast_shapes(op, a.shape(), b.shape());
  Tensor out = Tensor::empty(shape, out_dtype);
  const std::size_t from = size_of(a.dtype()), to = size_of(out_dtype);
  void* target = out.body().data;
  if (same && a.is_contiguous() && b.is_contiguous()) {
    const void *p = a.body().data, *q = b.body().data;
    parallel_chunks(out.size(), [&](std::int64_t begin, std::int64_t end) {
      run(advance(p, begin, from), 1, advance(q, begin, from), 1, advance(target, begin, to), end - begin);
    });
    return out;
  }
  const Tensor left = readable(shape, a), right = readable(shape, b);
  for_each_run<2>(shape, {&left, &right},
                  [&](std::array<const void*, 2> at, std::array<std::int64_t, 2> step, std::int64_t n) {
                    run(at[0], step[0], at[1], step[1], target, n);
                    target = advance(target, n, to);
                  });
  return out;
}

void zip_into(const char* op, const ByDtype<BinaryRun>& kernel, Tensor& into, const Tensor& b) {
  const BinaryRun run = kernel_for(op, kernel, into.dtype());
  const Tensor right = readable(into.shape(), b);
  std::byte* target = into.body().data;
  const std::size_t width = size_of(into.dtype());
  for_each_run<1>(into.shape(), {&right},
                  [&](std::array<const void*, 1> at, std::array<std::int64_t, 1> step, std::int64_t n) {
                    run(target, 1, at[0], step[0], target, n);
                    target = advance(target, n, width);
                  });
}

}  // namespace retrograd::detail
