// Views of the same values, without a copy: transposed, sliced, reversed, diagonal. The cotangent of a view is placed
// among zeros. (Reshaping and broadcasting are declared in core/tape/linear.h.)
#pragma once
#include <initializer_list>
#include <span>

#include "../../core/tape/linear.h"
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// A view with the axes in reverse order; for a matrix, its transpose.
Tensor transpose(const Tensor& x);
/// A view with the axes in the given order, each exactly once.
Tensor transpose(const Tensor& x, std::span<const int> axes);
/// The same with the axes in braces.
Tensor transpose(const Tensor& x, std::initializer_list<int> axes);
/// A view with two axes swapped.
Tensor swapaxes(const Tensor& x, int a, int b);
/// A view with the axis `from` moved to position `to`; the others keep their order.
Tensor moveaxis(const Tensor& x, int from, int to);
/// A view of every step-th slice of x with begin ≤ index < end along one axis, which is kept; ShapeError unless 0 ≤
/// begin ≤ end ≤ size and step ≥ 1. x[…] and x(…) take the same ranges, with negative bounds counting from the end.
Tensor slice(const Tensor& x, int axis, std::int64_t begin, std::int64_t end, std::int64_t step = 1);
/// A view of x in reverse order along these axes, all of them by default.
Tensor flip(const Tensor& x, const Axes& axes = {});
/// A view of the elements of x whose indices along two axes differ by `offset` (above the diagonal if positive): the
/// two axes are removed, and the diagonal becomes the last axis of the result. ShapeError if the axes are the same.
Tensor diagonal(const Tensor& x, std::int64_t offset = 0, int axis1 = 0, int axis2 = 1);

}  // namespace retrograd
