// Special functions, element by element; float32 and float64: the error function and the gamma family, each the
// derivative of the one before, so that all orders come for free. Values at poles are SciPy's. What the C library has
// is its own; the rest is accurate to about 1e-13 of the value, away from zeros.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// 2/√π ∫₀ˣ e^(−t²) dt.
Tensor erf(const Tensor& x);
/// 1 − erf(x), exact for large x.
Tensor erfc(const Tensor& x);
/// ln |Γ(x)|: ∞ at 0, at negative integers and at ±∞. The derivative is digamma.
Tensor lgamma(const Tensor& x);
/// ψ(x) = d ln Γ(x)/dx (Abramowitz & Stegun 6.3): −∞ at 0, ∞ at −0, NaN at negative integers and at −∞.
Tensor digamma(const Tensor& x);
/// ψ⁽ⁿ⁾(x) = dⁿψ(x)/dxⁿ (Abramowitz & Stegun 6.4), digamma where n is 0: at 0 and negative integers ∞ for odd n and −∞
/// for even n > 0, NaN at −∞. Error where n is not in 0 … 1000000.
Tensor polygamma(int n, const Tensor& x);

namespace detail {
/// e^(−k·x²) for a k that is a power of two.
Tensor bell(const Tensor& x, double k);
}  // namespace detail

}  // namespace retrograd
