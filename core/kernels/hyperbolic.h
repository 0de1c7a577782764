// Element-wise hyperbolic functions, their inverses and the derivatives of the inverses; float32 and float64. Not a
// public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct HyperbolicKernels {
  ByDtype<UnaryRun> sinh, cosh, asinh, acosh, atanh;
  /// No intermediate result overflows if the derivative is finite.
  ByDtype<UnaryRun> asinh_slope, acosh_slope, atanh_slope;
};
const HyperbolicKernels& hyperbolic_kernels();

}  // namespace retrograd::detail
