// Element-wise special functions; float32 and float64, mostly computed in float64 or higher precision. Not a public
// header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct SpecialKernels {
  /// ψ⁽ⁿ⁾(x) for x and n.
  ByDtype<BinaryRun> polygamma;
};
const SpecialKernels& special_kernels();

/// ln |Γ(x)| by the C library.
float ln_gamma(float x);
double ln_gamma(double x);
/// ψ(x)
double digamma_of(double x);

}  // namespace retrograd::detail
