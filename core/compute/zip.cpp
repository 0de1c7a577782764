#include "zip.h"

#include <algorithm>
#include <utility>

#include "../base/error.h"
#include "../base/threads.h"
#include "../tensor/format.h"
#include "../tensor/walk.h"
#include "even_runs.h"
#include "kernel_for.h"

namespace retrograd::detail {

namespace {

// out = run(a, b), for any layout.
void zip_walk(BinaryRun run, const Tensor& a, const Tensor& b, const Tensor& out) {
  const std::int64_t a_step = flat_step(out.shape(), a), b_step = flat_step(out.shape(), b);
  if (a_step >= 0 && b_step >= 0) {
    const std::size_t from = size_of(a.dtype()), to = size_of(out.dtype());
    const void *p = a.body().data, *q = b.body().data;
    std::byte* const target = out.body().data;
    parallel_for(out.size(), 1, [&](std::int64_t begin, std::int64_t end) {
      run(advance(p, begin * a_step, from), a_step, advance(q, begin * b_step, from), b_step,
          advance(target, begin, to), end - begin);
    });
    return;
  }
  for_each_even_run<2>(out, {&a, &b},
                       [run](void* to, const std::array<const void*, 2>& at, const std::array<std::int64_t, 2>& step,
                             std::int64_t n) { run(at[0], step[0], at[1], step[1], to, n); });
}

inline void zip_to(BinaryRun run, const Tensor& a, const Tensor& b, const Tensor& out) {
  if (out.size() <= kSharedSteps && are_parallel(a, out) && are_parallel(b, out))
    run(a.body().data, 1, b.body().data, 1, out.body().data, out.size());
  else
    zip_walk(run, a, b, out);
}

// True if b is a contiguous row that repeats along the outer axes of a few contiguous elements of a.
inline bool is_row_of(const Tensor& b, const Tensor& a) {
  const Body &whole = a.body(), &row = b.body();
  const int outer = whole.shape.rank() - row.shape.rank();
  if (!whole.contiguous || !row.contiguous || outer <= 0 || row.shape.rank() == 0 || whole.size > kSharedSteps ||
      whole.size == 0 || (row.size < kShortRun && whole.size > kShortRun * row.size))
    return false;
  for (int axis = 0; axis < row.shape.rank(); ++axis)
    if (row.shape[axis] != whole.shape[outer + axis]) return false;
  return true;
}

// out = run(a, b), one of which is such a row of the other.
void zip_row(BinaryRun run, const Tensor& a, const Tensor& b, const Tensor& out) {
  const std::int64_t n = std::min(a.size(), b.size()), a_move = a.size() > n ? n : 0, b_move = b.size() > n ? n : 0;
  const std::size_t from = size_of(a.dtype()), to = size_of(out.dtype());
  const std::byte *p = a.body().data, *q = b.body().data;
  for (std::int64_t at = 0; at < out.size(); at += n) {
    run(p, 1, q, 1, advance(out.body().data, at, to), n);
    p = advance(p, a_move, from), q = advance(q, b_move, from);
  }
}

}  // namespace

Tensor zip(const char* op, const ByDtype<BinaryRun>& kernel, const Tensor& a, const Tensor& b) {
  return zip(op, kernel, a, b, a.dtype());
}

namespace {
// The shape to which both broadcast; errors include the tensors' names.
Shape broadcast_shapes(const char* op, const Tensor& a, const Tensor& b) {
  if (!broadcast_together(a.shape(), b.shape()))
    fail<ShapeError>("{}: shapes do not broadcast: {} and {}", op, described(a), described(b));
  return retrograd::detail::broadcast_shapes(op, a.shape(), b.shape());
}
}  // namespace

Tensor zip(const char* op, const ByDtype<BinaryRun>& kernel, const Tensor& a, const Tensor& b, Dtype out_dtype) {
  const BinaryRun run = kernel_for(op, kernel, a.dtype());
  if (are_parallel(a, b) && a.size() <= kSharedSteps) {
    Tensor out = Tensor::empty_like(a, out_dtype);
    run(a.body().data, 1, b.body().data, 1, out.body().data, a.size());
    return out;
  }
  if (is_row_of(b, a) || is_row_of(a, b)) {
    Tensor out = Tensor::empty_like(a.rank() > b.rank() ? a : b, out_dtype);
    zip_row(run, a, b, out);
    return out;
  }
  Tensor out = empty_for(op, a.shape() == b.shape() ? a.shape() : broadcast_shapes(op, a, b), out_dtype);
  zip_walk(run, a, b, out);
  return out;
}

// Safe in place, since each element is read before it is written.
Tensor zip_in(Tensor* spare, const char* op, const ByDtype<BinaryRun>& kernel, const Tensor& a, const Tensor& b) {
  const Tensor& other = spare == &a ? b : a;
  if (&a == &b || spare->body().base->size > 2 * spare->size() ||  // a small view would keep the whole storage alive
      !(are_parallel(*spare, other) || (other.size() == 1 && other.rank() <= spare->rank())))
    return zip(op, kernel, a, b);
  zip_to(kernel_for(op, kernel, a.dtype()), a, b, *spare);
  Tensor out = std::move(*spare);
  // A new value, not recorded on any log and not saved by any rule.
  out.body().tape.serial.store(0, std::memory_order_relaxed);
  out.body().base->tape.stamp.store(0, std::memory_order_relaxed);
  return out;
}

void zip_into(const char* op, const ByDtype<BinaryRun>& kernel, Tensor& into, const Tensor& b) {
  zip_to(kernel_for(op, kernel, into.dtype()), into, b, into);
}

bool add_product_into(const ByDtype<AddProductRun>& kernel, const Tensor& a, const Tensor& b, Tensor& into) {
  const AddProductRun run = kernel[static_cast<std::size_t>(into.dtype())];
  if (!run || a.dtype() != into.dtype() || b.dtype() != into.dtype() || !are_parallel(a, into) ||
      !are_parallel(b, into))
    return false;
  const std::byte *p = a.body().data, *q = b.body().data;
  std::byte* to = into.body().data;
  if (into.size() <= kSharedSteps) {
    run(p, q, to, into.size());
    return true;
  }
  const std::size_t width = size_of(into.dtype());
  parallel_for(into.size(), 1, [&](std::int64_t begin, std::int64_t end) {
    run(advance(p, begin, width), advance(q, begin, width), advance(to, begin, width), end - begin);
  });
  return true;
}

}  // namespace retrograd::detail
