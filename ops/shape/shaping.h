// The same values in another shape: axes merged, removed, inserted. Nothing is copied except by `flatten` and
// `contiguous` of tensors that are not contiguous. (Reshaping itself is declared in core/tape/linear.h, permutations of
// axes in views.h.)
#pragma once
#include <initializer_list>

#include "../../core/tape/linear.h"
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// Merges the axes from start_axis to end_axis into one: a view if x is contiguous, otherwise a copy. A scalar becomes
/// a vector of size 1. ShapeError if the end comes before the start.
Tensor flatten(const Tensor& x, int start_axis = 0, int end_axis = -1);
/// x with its elements in row-major order without gaps: x itself if it is contiguous, otherwise a copy.
Tensor contiguous(const Tensor& x);
/// A view of x without its axes of size 1.
Tensor squeeze(const Tensor& x);
/// A view of x without these axes; ShapeError if one of them does not have size 1.
Tensor squeeze(const Tensor& x, const Axes& axes);
/// A view of x with a new axis of size 1 at this position of the result (counted from the end when negative).
Tensor expand_dims(const Tensor& x, int axis);

}  // namespace retrograd
