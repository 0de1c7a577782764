// Element-wise roots and powers, and derivatives of powers. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct PowerKernels {
  ByDtype<UnaryRun> sqrt, rsqrt;
  /// aᵇ; integers require b ≥ 0.
  ByDtype<BinaryRun> pow;
  /// b·a^(b−1) and b(b − 1)·a^(b−2)
  ByDtype<BinaryRun> pow_slope, pow_bend;
  /// Finds the first negative integer.
  ByDtype<FindRun> find_negative;
};
const PowerKernels& power_kernels();

}  // namespace retrograd::detail
