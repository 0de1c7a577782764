// Functions of angles in radians, their inverses and the slopes of these, element by element; float32 and float64. Not
// a public header.
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
