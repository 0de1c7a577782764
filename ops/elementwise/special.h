// Special functions, element-wise; float32 and float64: the error function and the gamma family, each the derivative of
// the previous one, so derivatives of all orders exist. Values at poles are those of SciPy. Functions from the C
// library have its accuracy; the others have a relative error of about 1e-13, away from zeros.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// 2/√π ∫₀ˣ e^(−t²) dt.
Tensor erf(const Tensor& x);
/// 1 − erf(x), accurate for large x.
Tensor erfc(const Tensor& x);
/// ln |Γ(x)|: ∞ at 0, at negative integers and at ±∞. The derivative is digamma.
Tensor lgamma(const Tensor& x);
/// ψ(x) = d ln Γ(x)/dx (Abramowitz & Stegun 6.3): −∞ at 0, ∞ at −0, NaN at negative integers and at −∞.
Tensor digamma(const Tensor& x);
/// ψ⁽ⁿ⁾(x) = dⁿψ(x)/dxⁿ (Abramowitz & Stegun 6.4), digamma if n is 0: at 0 and negative integers ∞ for odd n and −∞ for
/// even n > 0, NaN at −∞. Error unless n is in 0 … 1000000.
Tensor polygamma(int n, const Tensor& x);

namespace detail {
/// e^(−k·x²) for a power of two k.
Tensor bell(const Tensor& x, double k);
}  // namespace detail

}  // namespace retrograd
