// The linear layer's function as an override, and the registry: every override of the library stands in fused.cpp's
// list, named explicitly, because a static library drops objects that register themselves.
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
