// Hyperbolic functions and their inverses, with the slopes of these, element by element; float32 and float64. Not a
// public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct HyperbolicKernels {
  ByDtype<UnaryRun> sinh, cosh, asinh, acosh, atanh;
  /// None overflows where the slope is a number.
  ByDtype<UnaryRun> asinh_slope, acosh_slope, atanh_slope;
};
const HyperbolicKernels& hyperbolic_kernels();

}  // namespace retrograd::detail
