// Variance, standard deviation and norms, over all axes (the default), one, or several; float32, float64. logsumexp is
// declared in softmax.h.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// Σ (x − mean)²/(n − ddof), with NumPy's default ddof = 0 (PyTorch's is 1); ∞ or NaN if n ≤ ddof.
Tensor var(const Tensor& x, const Axes& axes = {}, bool keepdims = false, int ddof = 0);
/// The square root of the variance, without overflow. Where it is 0, its derivatives of every order are defined as 0:
/// there the Hessian of square(std(x)) is 0, but that of var(x), the same function, is not.
Tensor std(const Tensor& x, const Axes& axes = {}, bool keepdims = false, int ddof = 0);
/// The p-norm over the axes, for p of 1 (Σ |x|), 2 (√Σ x², without overflow) or infinity (max |x|, where ties share the
/// gradient evenly). The derivatives of every order of |x| at 0 and of the 2-norm at the zero vector are defined as 0:
/// there the Hessian of square(norm(x)) is 0, but that of sum(square(x)), the same function, is not. Empty: 0, but an
/// error for infinity.
Tensor norm(const Tensor& x, double p = 2, const Axes& axes = {}, bool keepdims = false);

namespace detail {
/// x minus its mean over the axes, corrected for the rounding error of that mean.
Tensor centered(const Tensor& x, const Axes& axes);
/// √(Σ x²/count + ε) over the axes, recorded as `op`; its derivative is defined as 0 where it is 0. Squares do not
/// overflow.
Tensor root_mean_square(const char* op, const Tensor& x, const Axes& axes, bool keepdims, double count, double epsilon);
}  // namespace detail
}  // namespace retrograd
