// Roots and powers, element by element, and the derivatives of powers. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct PowerKernels {
  ByDtype<UnaryRun> sqrt, rsqrt;
  /// aᵇ; of integers for b ≥ 0.
  ByDtype<BinaryRun> pow;
  /// b·a^(b−1) and b(b − 1)·a^(b−2)
  ByDtype<BinaryRun> pow_slope, pow_bend;
  /// Looks for integers below 0.
  ByDtype<FindRun> find_negative;
};
const PowerKernels& power_kernels();

}  // namespace retrograd::detail
