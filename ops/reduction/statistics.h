// Variance, standard deviation and norms, over all axes (the default), one, or several; float32, float64. Log-sum-exp
// is declared in softmax.h.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// Σ (x − mean)²/(n − ddof), with NumPy's default ddof = 0 (PyTorch's is 1); ∞ or NaN where n ≤ ddof.
Tensor var(const Tensor& x, const Axes& axes = {}, bool keepdims = false, int ddof = 0);
/// The square root of the variance, without overflow. Where it is 0 its derivative is taken as 0, of every order: there
/// the Hessian of square(std(x)) is 0, and that of var(x), the same function, is not.
Tensor std(const Tensor& x, const Axes& axes = {}, bool keepdims = false, int ddof = 0);
/// The p-norm over the axes, for p of 1 (Σ |x|), 2 (√Σ x², without overflow) or infinity (max |x|, where ties share the
/// gradient evenly). The derivative of |x| at 0 and of the 2-norm at the zero vector is 0, of every order: the Hessian
/// of square(norm(x)) is 0 there, and that of sum(square(x)), the same function, is not. Empty: 0, but for
/// infinity an error.
Tensor norm(const Tensor& x, double p = 2, const Axes& axes = {}, bool keepdims = false);

namespace detail {
/// x minus its mean over the axes, without the rounding of that mean.
Tensor centered(const Tensor& x, const Axes& axes);
/// √(Σ x²/count + ε) over the axes, which stay with size 1, recorded as `op`; its derivative is taken as 0 where it is
/// 0. No square overflows.
Tensor root_mean_square(const char* op, const Tensor& x, const Axes& axes, double count, double epsilon);
}  // namespace detail
}  // namespace retrograd
