// Softmax, its logarithm, and the logarithm of its denominator, along an axis; float32, float64. The maximum is
// subtracted first, so that no exponential overflows. A value of −∞ (masked) has probability 0 and does not affect any
// gradient; a line that is all −∞, or has a +∞, yields NaN, as in PyTorch.
#pragma once
#include "../../core/tensor/tensor.h"
#include "../override/override.h"

namespace retrograd {

/// e^(xₖ)/Σⱼ e^(xⱼ) along one axis (eq. 2.9).
Tensor softmax(const Tensor& x, int axis = -1);
/// xₖ − ln Σⱼ e^(xⱼ) along one axis.
Tensor log_softmax(const Tensor& x, int axis = -1);
/// ln Σ e^x over all axes (the default), one or several. If it is infinite (a line that is all −∞, or has a +∞), the
/// gradient is 0. Empty: −∞.
Tensor logsumexp(const Tensor& x, const Axes& axes = {}, bool keepdims = false);

namespace overrides {

/// (x, axis) → softmax of x along the axis, given as an int64 scalar.
extern const Override softmax;
/// (x, axis) → log_softmax of x along the axis.
extern const Override log_softmax;
/// (x, axis) → logsumexp of x over the axis, which is kept with size 1. ShapeError if the axis has size 0.
extern const Override logsumexp;

}  // namespace overrides

namespace detail {
/// The softmax of each row of a nonempty matrix, and ln Σ e^x of each row in `log_sums`. Not recorded.
Tensor softmax_rows(const Tensor& x, double* log_sums);
/// The composition of primitives that defines log_softmax, whatever the mode.
Tensor log_softmax_composed(const Tensor& x, int axis);
}  // namespace detail
}  // namespace retrograd
