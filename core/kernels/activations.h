// Smooth activations, relu, and their derivatives in one pass; float32 and float64. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

/// The coefficients of 2√(2/π)·(x + 0.044715·x³), as the approximate gelu uses it.
inline constexpr double kGeluLinear = 1.5957691216057308, kGeluCubic = 0.044715 * kGeluLinear;

struct ActivationKernels {
  ByDtype<UnaryRun> relu, sigmoid, tanh, log_sigmoid, softplus, silu, gelu_tanh;
  /// From a cotangent and what the op saved: y for relu and tanh_gradient_by_value, else x.
  ByDtype<BinaryRun> relu_gradient, sigmoid_gradient, tanh_gradient, tanh_gradient_by_value, silu_gradient,
      gelu_tanh_gradient;
  ByDtype<UnaryRun> softsign, gelu, mish;
  ByDtype<BinaryRun> gelu_gradient, mish_gradient;
  /// Finds the first value with |y| > 3/4 or NaN.
  ByDtype<FindRun> find_above_3_4;
};
const ActivationKernels& activation_kernels();

}  // namespace retrograd::detail
