// Element-wise special functions; float32 and float64, mostly computed in float64 or higher precision. Not a public
// header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct SpecialKernels {
  ByDtype<UnaryRun> erf, erfc, lgamma, digamma;
  /// ψ⁽ⁿ⁾(x) for x and n.
  ByDtype<BinaryRun> polygamma;
  /// e^(−k·x²) for x and a power of two k.
  ByDtype<BinaryRun> bell;
};
const SpecialKernels& special_kernels();

/// e^(−k·x²) for a power of two k.
float bell_at(float x, double k);
double bell_at(double x, double k);

}  // namespace retrograd::detail
