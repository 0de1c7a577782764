// Piecewise activations and their derivatives, most with a parameter shared by all elements; float32 and float64. Not a
// public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct RectifierKernels {
  ByDtype<BinaryRun> leaky_relu, leaky_relu_slope, elu, elu_slope;
  ByDtype<UnaryRun> hard_sigmoid, hard_sigmoid_slope;
  /// The product of a cotangent and a slope, but 0 where the slope is 0.
  ByDtype<BinaryRun> passed;
};
const RectifierKernels& rectifier_kernels();

}  // namespace retrograd::detail
