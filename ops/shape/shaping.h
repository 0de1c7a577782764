// The same values in another shape: axes merged, dropped, put in. Nothing is copied but by `flatten` and
// `contiguous` of what is not contiguous. (Reshaping itself is declared in core/tape/linear.h, orders of axes in
// views.h.)
#pragma once
#include <initializer_list>

#include "../../core/tape/linear.h"
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// The axes from start_axis to end_axis as one: a view where x is contiguous, else a copy. A scalar becomes a vector of
/// size 1. ShapeError where the end stands
/// before the start.
Tensor flatten(const Tensor& x, int start_axis = 0, int end_axis = -1);
/// x with its elements in row-major order without gaps: x itself where they lie so, else a copy.
Tensor contiguous(const Tensor& x);
/// A view of x without its axes of size 1.
Tensor squeeze(const Tensor& x);
/// A view of x without these axes; ShapeError where one of them is not of size 1.
Tensor squeeze(const Tensor& x, const Axes& axes);
/// A view of x with a new axis of size 1 at this position of the result (from the end when negative).
Tensor expand_dims(const Tensor& x, int axis);

}  // namespace retrograd
