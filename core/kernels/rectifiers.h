// Activations with a bend, most of x and one number for all, and their slopes; float32 and float64. Not a public
// header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct RectifierKernels {
  ByDtype<BinaryRun> leaky_relu, leaky_relu_slope, elu, elu_slope;
  ByDtype<UnaryRun> hard_sigmoid, hard_sigmoid_slope;
  /// Of a cotangent and a slope: their product, but 0 where the slope is.
  ByDtype<BinaryRun> passed;
};
const RectifierKernels& rectifier_kernels();

}  // namespace retrograd::detail
