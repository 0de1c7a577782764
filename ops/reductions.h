// Reductions over all axes (the default), one, or several; reduced axes vanish, or stay with size 1 under keepdims.
#pragma once
#include "../core/tensor.h"

namespace retrograd {

/// The sum; float32, float64, int64. Of nothing: 0.
Tensor sum(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The arithmetic mean; float32, float64. Of nothing: NaN.
Tensor mean(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The largest value, NaN where there is one; float32, float64, int64. Ties share the gradient evenly. Of nothing: an
/// error.
Tensor max(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The position of the first largest value (or of the first NaN), int64: in row-major order, or along an axis, which
/// vanishes. No gradient.
Tensor argmax(const Tensor& x);
Tensor argmax(const Tensor& x, int axis);

}  // namespace retrograd
