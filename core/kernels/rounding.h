// Element-wise rounding, remainders and bounds. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

/// y[i] = the smaller of *high and the larger of x[i] and *low; NaN if one of them is NaN.
using BetweenRun = void (*)(const void* x, const void* low, const void* high, void* y, std::int64_t n);

struct RoundingKernels {
  ByDtype<UnaryRun> floor, ceil, round, trunc;
  /// The remainder of a/b with the sign of a; integers require b ≠ 0.
  ByDtype<BinaryRun> fmod;
  /// The larger and the smaller of two; NaN if either is NaN.
  ByDtype<BinaryRun> at_least, at_most;
  ByDtype<BetweenRun> between;
  /// Finds the first integer 0.
  ByDtype<FindRun> find_zero;
};
const RoundingKernels& rounding_kernels();

}  // namespace retrograd::detail
