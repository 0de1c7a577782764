// Normalization over the innermost axes.
#pragma once
#include "../../core/tensor/tensor.h"
#include "../override/override.h"

namespace retrograd {

/// (x − μ)/√(σ² + ε)·weight + bias, with the mean μ and the variance σ² over the innermost axes of x, those of weight
/// and bias, which have the same shape (J. L. Ba et al., 2016, "Layer normalization"); float32, float64. Error if ε <
/// 0.
Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double epsilon = 1e-5);

namespace overrides {

/// (x, weight, bias, ε) → layer_norm, with ε a float64 scalar that is not differentiated.
extern const Override layer_norm;

}  // namespace overrides
}  // namespace retrograd
