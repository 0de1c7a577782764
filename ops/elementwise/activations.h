// Smooth activation functions, element-wise; float32 and float64. (tanh is declared in hyperbolic.h, relu and other
// piecewise functions in rectifiers.h.) For large or infinite x, values and derivatives are their limits, never ∞ · 0.
// sigmoid is an override: see override.h.
#pragma once
#include "../../core/tensor/tensor.h"
#include "../override/override.h"

namespace retrograd {

/// 1 / (1 + e^(−x)) (eq. 2.3); the derivative is y(1 − y) (eq. 2.4).
Tensor sigmoid(const Tensor& x);
/// ln(1 / (1 + e^(−x))), which never overflows; the derivative is sigmoid(−x).
Tensor log_sigmoid(const Tensor& x);
/// ln(1 + e^x), which never overflows; the derivative is sigmoid(x).
Tensor softplus(const Tensor& x);
/// x / (1 + |x|).
Tensor softsign(const Tensor& x);
/// x · sigmoid(x), also known as swish (S. Elfwing et al. 2017).
Tensor silu(const Tensor& x);

/// How gelu is approximated.
enum class GeluApproximation {
  none,  ///< exact
  tanh   ///< by tanh, with an error below 5e-4, and faster
};
/// x · Φ(x), where Φ is the normal distribution function (D. Hendrycks, K. Gimpel 2016); or that paper's approximation
/// x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))).
Tensor gelu(const Tensor& x, GeluApproximation approximate = GeluApproximation::none);
/// x · tanh(softplus(x)) (D. Misra 2019).
Tensor mish(const Tensor& x);

namespace detail {
/// The cotangent of the input of a sigmoid, from that of its value, the value y and the input x, which need not be
/// recorded.
Tensor sigmoid_gradient(Tensor g, const Tensor& y, const Tensor& x);
}  // namespace detail

namespace overrides {
extern const Override sigmoid;
}
}  // namespace retrograd
