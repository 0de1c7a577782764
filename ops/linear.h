// The function of the linear layer, an override: one product with the bias already in place.
#pragma once
#include "../core/tensor.h"
#include "override.h"

namespace retrograd {

/// x · weightᵀ + bias (eq. 2.5, a row a sample): x (…, in), weight (out, in), bias (out) → (…, out); float32, float64.
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias);

namespace fused {
extern const Override linear;
}
}  // namespace retrograd
