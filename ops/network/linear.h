// The function of a linear layer, alone and followed by an activation: overrides that apply bias and activation to each
// tile of the product while it is in cache.
#pragma once
#include "../../core/tensor/tensor.h"
#include "../override/override.h"

namespace retrograd {

/// x · weightᵀ: x (…, in), weight (out, in) → (…, out); float32, float64.
Tensor linear(const Tensor& x, const Tensor& weight);
/// x · weightᵀ + bias (eq. 2.5, one sample per row): x (…, in), weight (out, in), bias (out) → (…, out); float32,
/// float64.
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias);
/// relu(linear(x, weight, bias)).
Tensor linear_relu(const Tensor& x, const Tensor& weight, const Tensor& bias);
/// sigmoid(linear(x, weight, bias)).
Tensor linear_sigmoid(const Tensor& x, const Tensor& weight, const Tensor& bias);
/// tanh(linear(x, weight, bias)).
Tensor linear_tanh(const Tensor& x, const Tensor& weight, const Tensor& bias);

namespace overrides {
extern const Override linear, linear_relu, linear_sigmoid, linear_tanh;
}
}  // namespace retrograd
