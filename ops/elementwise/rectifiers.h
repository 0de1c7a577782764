// Piecewise activations, element-wise; float32 and float64. NaN stays NaN. relu is an override: see override.h.
#pragma once
#include "../../core/tensor/tensor.h"
#include "../override/override.h"

namespace retrograd {

/// x where x > 0, else 0 (eq. 2.1); the derivative is 1 where x > 0, else 0 (eq. 2.2). At NaN, both the value and the
/// derivative are NaN.
Tensor relu(const Tensor& x);
/// x where x > 0, else slope · x (A. L. Maas et al. 2013); the derivative at 0 is the slope.
Tensor leaky_relu(const Tensor& x, double slope = 0.01);
/// x where x > 0, else alpha · (e^x − 1) (D.-A. Clevert et al. 2016); the derivative at 0 is alpha.
Tensor elu(const Tensor& x, double alpha = 1);
/// λ · elu(x, α) with λ = 1.0507… and α = 1.6732…, which preserve mean 0 and variance 1 (G. Klambauer et al. 2017); the
/// derivative at 0 is λα.
Tensor selu(const Tensor& x);
/// (x + 3)/6 between −3 and 3, 0 below, 1 above; the derivative at ±3 is 0.
Tensor hard_sigmoid(const Tensor& x);

namespace detail {
/// The cotangent of the input of a relu, from that of its value and the value y.
Tensor relu_gradient(Tensor g, const Tensor& y);
}  // namespace detail

namespace overrides {
extern const Override relu;
}
}  // namespace retrograd
