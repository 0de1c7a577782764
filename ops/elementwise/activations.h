// Smooth activation functions, and relu, element by element; float32 and float64. What bends besides is rectifiers.h's.
// Values and derivatives are their limits where x is large or infinite, never ∞ · 0. relu and sigmoid are overrides:
// see override.h.
#pragma once
#include "../../core/tensor/tensor.h"
#include "../override/override.h"

namespace retrograd {

/// x where x > 0, else 0 (eq. 2.1); the derivative is 1 where x > 0, else 0 (eq. 2.2). NaN stays NaN, and so does
/// the derivative there.
Tensor relu(const Tensor& x);
/// 1 / (1 + e^(−x)) (eq. 2.3); the derivative is y(1 − y) (eq. 2.4).
Tensor sigmoid(const Tensor& x);
/// The hyperbolic tangent.
Tensor tanh(const Tensor& x);
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
  none,  ///< not at all
  tanh   ///< by tanh, which is off by less than 5e-4 and faster
};
/// x · Φ(x), where Φ is the normal distribution (D. Hendrycks, K. Gimpel 2016); or that paper's approximation
/// x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))).
Tensor gelu(const Tensor& x, GeluApproximation approximate = GeluApproximation::none);
/// x · tanh(softplus(x)) (D. Misra 2019).
Tensor mish(const Tensor& x);

namespace detail {
/// From the cotangent of an activation, its value y and its input x, which need not be recorded, to the cotangent of
/// the input. tanh's needs no x where tanh_needs_input says so.
Tensor relu_gradient(Tensor g, const Tensor& y);
Tensor sigmoid_gradient(Tensor g, const Tensor& y, const Tensor& x);
Tensor tanh_gradient(Tensor g, const Tensor& y, const Tensor& x);
/// True where the values y of a tanh are so near ±1 that 1 − y² loses digits. Of a contiguous y.
bool tanh_needs_input(const Tensor& y);
}  // namespace detail

namespace overrides {
extern const Override relu, sigmoid;
}
}  // namespace retrograd
