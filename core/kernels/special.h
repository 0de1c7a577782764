// Element-wise special functions; float32 and float64, mostly computed in float64 or higher precision. Not a public
// header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct SpecialKernels {
  ByDtype<UnaryRun> lgamma, digamma;
  /// ψ⁽ⁿ⁾(x) for x and n.
  ByDtype<BinaryRun> polygamma;
};
const SpecialKernels& special_kernels();

}  // namespace retrograd::detail
