#include "map.h"

#include "../base/threads.h"
#include "even_runs.h"
#include "kernel_for.h"

namespace retrograd::detail {

namespace {

bool is_broadcast(const Tensor& x) {
  const Strides strides = x.strides();
  for (int axis = 0; axis < x.rank(); ++axis)
    if (strides[static_cast<std::size_t>(axis)] == 0 && x.shape()[axis] > 1) return true;
  return false;
}

// y = run(x) for any layout of x.
Tensor map_walk(UnaryRun run, const Tensor& x, Tensor y) {
  const Tensor from = is_broadcast(x) ? packed(x) : x;
  for_each_even_run<1>(y, {&from},
                       [run](void* to, const std::array<const void*, 1>& at, const std::array<std::int64_t, 1>&,
                             std::int64_t n) { run(at[0], to, n); });
  return y;
}

}  // namespace

Tensor map(const char* op, const ByDtype<UnaryRun>& kernel, const Tensor& x) { return map(op, kernel, x, x.dtype()); }

Tensor map(const char* op, const ByDtype<UnaryRun>& kernel, const Tensor& x, Dtype out_dtype) {
  const UnaryRun run = kernel_for(op, kernel, x.dtype());
  if (!x.is_contiguous()) return map_walk(run, x, empty_for(op, x.shape(), out_dtype));
  Tensor out = Tensor::empty_like(x, out_dtype);
  const std::int64_t n = x.size();
  const void* source = x.body().data;
  void* target = out.body().data;
  if (n <= kSharedSteps) {
    run(source, target, n);
    return out;
  }
  const std::size_t from = size_of(x.dtype()), to = size_of(out_dtype);
  parallel_for(n, 1, [&](std::int64_t begin, std::int64_t end) {
    run(advance(source, begin, from), advance(target, begin, to), end - begin);
  });
  return out;
}

}  // namespace retrograd::detail
