// Helpers for reductions over several axes, composed of reductions over one. Not a public header.
#pragma once
#include "../../core/compute/lines_of.h"
#include "../../core/compute/reduce.h"
#include "../../core/tape/linear.h"
#include "../../core/tensor/tensor.h"

namespace retrograd::detail {

/// The number of elements folded into one when the axes in `mask` are reduced.
inline std::int64_t count_over(const Shape& shape, std::uint32_t mask) {
  std::int64_t count = 1;
  for (int axis = 0; axis < shape.rank(); ++axis)
    if (mask >> axis & 1) count *= shape[axis];
  return count;
}

/// Removes the reduced axes of a reduction that kept them with size 1, unless `keepdims`.
inline Tensor without_axes(const Tensor& folded, const Shape& from, std::uint32_t mask, bool keepdims) {
  return keepdims ? folded : reshape(folded, reduced_shape(from, mask, false));
}

/// The inverse: restores reduced axes that were removed, with size 1.
inline Tensor with_axes(const Tensor& folded, const Shape& from, std::uint32_t mask) {
  return folded.rank() == from.rank() ? folded : reshape(folded, reduced_shape(from, mask, true));
}

/// Reduces x over the axes in `mask` by f, which reduces (outer, n, inner) to (outer, 1, inner): once for each range of
/// adjacent axes.
template <class F>
Tensor reduce_stretches(const Tensor& x, std::uint32_t mask, bool keepdims, F f) {
  if (mask == 0) return reshape(f(reshape(x, Shape{x.size(), 1, 1})), x.shape());
  Shape shape = x.shape();
  Tensor y = x;
  for (int last = x.rank() - 1; last >= 0; --last) {
    if (!(mask >> last & 1)) continue;
    int first = last;
    while (first > 0 && mask >> (first - 1) & 1) --first;
    const Lines along = lines_of(shape, first, last);
    for (int axis = first; axis <= last; ++axis) shape[axis] = 1;
    y = reshape(f(reshape(y, Shape{along.outer, along.n, along.inner})), shape);
    last = first;
  }
  return without_axes(y, x.shape(), mask, keepdims);
}

}  // namespace retrograd::detail
