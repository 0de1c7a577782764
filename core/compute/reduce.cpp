#include "reduce.h"

#include <algorithm>
#include <limits>

#include "../base/error.h"
#include "../tensor/format.h"
#include "../tensor/walk.h"
#include "kernel_for.h"

namespace retrograd::detail {

namespace {

// More rows than this are folded in halves, so that the error of a sum grows with the logarithm of their number
constexpr std::int64_t kMostRows = 128;

// A start of 2⁶³, which is not an int64, stands for the largest int64.
template <class T>
T start_of(double start) {
  if (std::is_same_v<T, std::int64_t> && start >= 0x1p63) return std::numeric_limits<T>::max();
  return static_cast<T>(start);
}

Tensor started(double start, const Shape& shape, Dtype dtype) {
  Tensor out = Tensor::empty(shape, dtype);
  dispatch(dtype, [&]<class T>() { std::fill_n(detail::values<T>(out), out.size(), start_of<T>(start)); });
  return out;
}

void fold_into(const Fold& fold, const Tensor& x, const Tensor& out) {
  const Shape& shape = x.shape();
  if (x.is_contiguous() && out.size() == 1) return fold.row(x.body().data, out.body().data, x.size());
  if (x.is_contiguous() && shape.rank() == 2 && out.shape()[0] == 1 && shape[0] <= kMostRows && shape[1] > 1) {
    const std::int64_t step = shape[1] * static_cast<std::int64_t>(size_of(x.dtype()));
    for (std::int64_t row = 0; row < shape[0]; ++row)
      fold.column(x.body().data + row * step, out.body().data, shape[1]);
    return;
  }
  int innermost = shape.rank() - 1;
  while (innermost > 0 && shape[innermost] == 1) --innermost;
  std::int64_t rows = 1;  // number of rows folded into one, over all axes before the innermost
  int axis = innermost;   // the first of these axes
  for (int a = innermost - 1; a >= 0; --a)
    if (out.shape()[a] == 1 && shape[a] > 1) rows *= shape[a], axis = a;
  if (rows > kMostRows) {
    Shape head = shape, tail = shape;
    head[axis] = shape[axis] / 2;
    tail[axis] = shape[axis] - head[axis];
    const Strides strides = x.strides();
    fold_into(fold, make_view(x, head, strides), out);
    const Tensor rest = started(fold.start, out.shape(), out.dtype());
    fold_into(fold, make_view(x, tail, strides, head[axis] * strides[static_cast<std::size_t>(axis)]), rest);
    fold.column(rest.body().data, out.body().data, out.size());
    return;
  }
  for_each_run<2>(shape, {&x, &out},
                  [&](std::array<const void*, 2> at, std::array<std::int64_t, 2> step, std::int64_t n) {
                    void* into = const_cast<void*>(at[1]);
                    if (step[1] == 0)
                      fold.row(at[0], into, n);
                    else
                      fold.column(at[0], into, n);
                  });
}

}  // namespace

Shape reduced_shape(const Shape& shape, std::uint32_t mask, bool keepdims) {
  Shape out;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const bool reduced = mask >> axis & 1;
    if (!reduced) out.push_back(shape[axis]);
    if (reduced && keepdims) out.push_back(1);
  }
  return out;
}

Tensor reduce(const char* op, const ByDtype<Fold>& folds, const Tensor& x, std::uint32_t mask) {
  const Fold& fold = kernel_for(op, folds, x.dtype());
  Tensor out = started(fold.start, reduced_shape(x.shape(), mask, true), x.dtype());
  fold_into(fold, packed(x), out);
  return out;
}

Tensor reduce(const char* op, const ByDtype<ExactFold>& folds, const Tensor& x, std::uint32_t mask, Dtype out_dtype) {
  const ExactFold& fold = kernel_for(op, folds, x.dtype());
  Tensor out = started(fold.start, reduced_shape(x.shape(), mask, true), out_dtype);
  for_each_run<2>(x.shape(), {&x, &out},
                  [&](std::array<const void*, 2> at, std::array<std::int64_t, 2> step, std::int64_t n) {
                    fold.run(at[0], step[0], const_cast<void*>(at[1]), step[1], n);
                  });
  return out;
}

}  // namespace retrograd::detail
