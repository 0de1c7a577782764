// Windows: views that step evenly through a tensor (slices, rows, diagonals, reversed axes), without a copy, and their
// transpose, which puts a cotangent in its place among zeros. No element of the tensor stands twice in a window. Both
// directions are ops, each the rule of the other. Not for users.
#pragma once
#include "../tensor/operand.h"
#include "../tensor/tensor.h"
#include "tape.h"

namespace retrograd::detail {

/// Where a window stands in a tensor: its steps along each of its axes and its first element.
struct Layout {
  Strides strides{};
  std::int64_t offset = 0;
};

/// The transpose of a window, as a rule: places g, or adds it to a sum that is waiting.
struct Place {
  Shape shape;  // of the row-major tensor that the layout speaks of
  Layout at;
  Tensor operator()(const Tensor& g) const;
  bool accumulate(const Tensor& g, Tensor& into) const;
};

/// x at its place in a tensor of this shape whose other elements are `fill`.
Tensor place(const char* op, const Tensor& x, const Shape& shape, const Layout& at, Scalar fill = 0);

/// A view of this shape on x, recorded as `op`; layout(strides of x) says where it stands.
template <class F>
Tensor window(const char* op, const Tensor& x, const Shape& shape, F layout) {
  const Layout own = layout(x.strides());
  Tensor y = make_view(x, shape, own.strides, own.offset);
  if (!is_recorded(x)) return y;
  return record(op, std::move(y), wrt(x, Place{x.shape(), x.is_contiguous() ? own : layout(row_major(x.shape()))}));
}

/// How many places lie at begin, begin + step, … before end.
constexpr std::int64_t places_in(std::int64_t begin, std::int64_t end, std::int64_t step) {
  return begin < end ? (end - begin - 1) / step + 1 : 0;
}

/// Writes x into a view of the same shape and dtype; the caller owns the values behind it.
void write_view(const Tensor& view, const Tensor& x);

}  // namespace retrograd::detail
