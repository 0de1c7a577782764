// Activation functions, element by element; float32 and float64. relu and sigmoid are overrides: see override.h.
#pragma once
#include "../core/tensor.h"
#include "override.h"

namespace retrograd {

/// x where x > 0, else 0 (eq. 2.1); the derivative is 1 where x > 0, else 0 (eq. 2.2). NaN stays NaN.
Tensor relu(const Tensor& x);
/// 1 / (1 + e^(−x)) (eq. 2.3); the derivative is y(1 − y) (eq. 2.4).
Tensor sigmoid(const Tensor& x);
/// The hyperbolic tangent.
Tensor tanh(const Tensor& x);

namespace detail {
/// From the cotangent of an activation and its value y to the cotangent of its input.
Tensor relu_gradient(Tensor g, const Tensor& y);
Tensor sigmoid_gradient(Tensor g, const Tensor& y);
Tensor tanh_gradient(Tensor g, const Tensor& y);
}  // namespace detail

namespace fused {
extern const Override relu, sigmoid;
}
}  // namespace retrograd
