// Reductions over all axes (the default), one, or several; reduced axes are removed, or kept with size 1 if keepdims. A
// fold starts with the neutral element, so the reduction of an empty axis has NumPy's value; without a neutral element
// it is an error. NaN propagates: it is both the maximum and the minimum, and counts as true.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// The sum; float32, float64, int64; boolean and uint8 as int64, as in NumPy. Empty: 0.
Tensor sum(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The arithmetic mean; float32, float64. Empty: NaN.
Tensor mean(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The product; float32, float64, int64; boolean and uint8 as int64. The derivative is correct even if factors are 0.
/// Empty: 1.
Tensor prod(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The maximum, NaN if there is one; float32, float64, int64, uint8. Ties share the gradient evenly; the gradient of a
/// line with a NaN is NaN. Empty: an error.
Tensor max(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The minimum, likewise.
Tensor min(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The row-major position of the first maximum (or of the first NaN), int64. Any dtype; no gradient. Empty: an error.
Tensor argmax(const Tensor& x);
/// The same along one axis (counted from the end when negative), which is removed, or kept with size 1 if keepdims.
Tensor argmax(const Tensor& x, int axis, bool keepdims = false);
/// The row-major position of the first minimum (or of the first NaN), likewise.
Tensor argmin(const Tensor& x);
/// The same along one axis, likewise.
Tensor argmin(const Tensor& x, int axis, bool keepdims = false);
/// Whether all values are nonzero, as boolean; any dtype, no gradient. Empty: true.
Tensor all(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// Whether any value is nonzero, likewise. Empty: false.
Tensor any(const Tensor& x, const Axes& axes = {}, bool keepdims = false);
/// The number of nonzero values, as int64; any dtype, no gradient. Empty: 0.
Tensor count_nonzero(const Tensor& x, const Axes& axes = {}, bool keepdims = false);

}  // namespace retrograd
