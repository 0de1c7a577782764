// Special functions, element by element; float32 and float64, most of them computed in float64 or more. Not a public
// header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct SpecialKernels {
  ByDtype<UnaryRun> erf, erfc, lgamma, digamma;
  /// ψ⁽ⁿ⁾(x) of x and n.
  ByDtype<BinaryRun> polygamma;
  /// e^(−k·x²) of x and of a k that is a power of two.
  ByDtype<BinaryRun> bell;
};
const SpecialKernels& special_kernels();

/// e^(−k·x²) for a k that is a power of two.
float bell_at(float x, double k);
double bell_at(double x, double k);

}  // namespace retrograd::detail
