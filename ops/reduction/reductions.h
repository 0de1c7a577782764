// Reductions over all axes (the default), one, or several; reduced axes vanish, or stay with size 1 under keepdims.
// What is folded starts from the neutral element, so the reduction of an empty axis has NumPy's value; without a
// neutral element it is an error. NaN is seen: it is the largest, the smallest and, where asked for a truth, true.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// The sum; float32, float64, int64, and of boolean and uint8 as int64, as NumPy counts a mask. Empty: 0.
Tensor sum(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The arithmetic mean; float32, float64. Empty: NaN.
Tensor mean(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The product; float32, float64, int64, and of boolean and uint8 as int64. Its derivative is right where factors are
/// 0. Empty: 1.
Tensor prod(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The largest value, NaN where there is one; float32, float64, int64, uint8. Ties share the gradient evenly; that of a
/// line with a NaN is NaN. Empty: an error.
Tensor max(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The smallest value, likewise.
Tensor min(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The position in row-major order of the first largest value (or of the first NaN), int64. Of any dtype; no gradient.
/// Empty: an error.
Tensor argmax(const Tensor& x);
/// The same along one axis (counted from the end when negative), which vanishes, or with keepdims becomes of size 1.
Tensor argmax(const Tensor& x, int axis, bool keepdims = false);
/// The position of the first smallest value (or of the first NaN), likewise.
Tensor argmin(const Tensor& x);
/// The same along one axis, likewise.
Tensor argmin(const Tensor& x, int axis, bool keepdims = false);
/// Whether all values are other than 0, as boolean; of any dtype, no gradient. Empty: true.
Tensor all(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// Whether some value is other than 0, likewise. Empty: false.
Tensor any(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// How many values are other than 0, as int64; of any dtype, no gradient. Empty: 0.
Tensor count_nonzero(const Tensor& x, const Axes& axes = {}, bool keepdims = false);

}  // namespace retrograd
