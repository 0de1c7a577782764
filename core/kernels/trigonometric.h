// Element-wise trigonometric functions in radians, their inverses and the derivatives of the inverses; float32 and
// float64. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct TrigonometricKernels {
  ByDtype<UnaryRun> sin, cos, tan, asin, acos, atan;
  ByDtype<BinaryRun> atan2;
  ByDtype<UnaryRun> asin_slope, atan_slope;
  /// a/(a² + b²)
  ByDtype<BinaryRun> over_squares;
};
const TrigonometricKernels& trigonometric_kernels();

}  // namespace retrograd::detail
