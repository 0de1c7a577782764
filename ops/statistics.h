// Variance, standard deviation and norms, over all axes (the default), one, or several; float32, float64. Log-sum-exp
// is ops/softmax.h's.
#pragma once
#include "../core/tensor.h"

namespace retrograd {

/// Σ (x − mean)²/(n − ddof), with NumPy's default ddof = 0 (PyTorch's is 1); ∞ or NaN where n ≤ ddof.
Tensor var(const Tensor& x, const Axes& axes = {}, bool keepdims = false, int ddof = 0);
/// The square root of the variance, whose derivative is taken as 0 where it is 0.
Tensor std(const Tensor& x, const Axes& axes = {}, bool keepdims = false, int ddof = 0);
/// The p-norm over the axes, for p of 1 (Σ |x|), 2 (√Σ x², without overflow) or infinity (max |x|, where ties share the
/// gradient evenly). The derivative of |x| at 0 and of the 2-norm at the zero vector is 0. Of nothing: 0, but for
/// infinity an error.
Tensor norm(const Tensor& x, double p = 2, const Axes& axes = {}, bool keepdims = false);

namespace detail {
/// √x, whose derivative is taken as 0 where it is 0.
Tensor root(const Tensor& x);
}  // namespace detail
}  // namespace retrograd
