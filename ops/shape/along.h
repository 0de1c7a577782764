// What ops along axes share: a contiguous tensor seen along one axis as (outer, n, inner), and reductions over several
// axes made of reductions over one. Not a public header.
#pragma once
#include "../../core/compute/reduce.h"
#include "../../core/tape/linear.h"
#include "../../core/tensor/tensor.h"

namespace retrograd::detail {

/// The element k of line (o, i) along the axis stands at (o · n + k) · inner + i.
struct Along {
  std::int64_t outer = 1, n = 1, inner = 1;

  Along(const Shape& shape, int axis) : Along(shape, axis, axis) {}
  /// Along the axes first … last as one.
  Along(const Shape& shape, int first, int last) {
    for (int axis = 0; axis < shape.rank(); ++axis) (axis < first ? outer : axis <= last ? n : inner) *= shape[axis];
  }
};

/// How many elements fold into one when the axes in `mask` are reduced.
inline std::int64_t count_over(const Shape& shape, std::uint32_t mask) {
  std::int64_t count = 1;
  for (int axis = 0; axis < shape.rank(); ++axis)
    if (mask >> axis & 1) count *= shape[axis];
  return count;
}

/// A reduction whose reduced axes stayed with size 1, without them unless `keepdims`.
inline Tensor without_axes(const Tensor& folded, const Shape& from, std::uint32_t mask, bool keepdims) {
  return keepdims ? folded : reshape(folded, reduced_shape(from, mask, false));
}

/// x reduced over the axes in `mask` by f, which reduces (outer, n, inner) to (outer, 1, inner): once for each stretch
/// of neighboring axes.
template <class F>
Tensor reduce_stretches(const Tensor& x, std::uint32_t mask, bool keepdims, F f) {
  if (mask == 0) return reshape(f(reshape(x, Shape{x.size(), 1, 1})), x.shape());
  Shape shape = x.shape();
  Tensor y = x;
  for (int last = x.rank() - 1; last >= 0; --last) {
    if (!(mask >> last & 1)) continue;
    int first = last;
    while (first > 0 && mask >> (first - 1) & 1) --first;
    const Along along(shape, first, last);
    for (int axis = first; axis <= last; ++axis) shape[axis] = 1;
    y = reshape(f(reshape(y, Shape{along.outer, along.n, along.inner})), shape);
    last = first;
  }
  return without_axes(y, x.shape(), mask, keepdims);
}

}  // namespace retrograd::detail
