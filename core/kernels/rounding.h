// Rounding, remainders and bounds, element by element. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct RoundingKernels {
  ByDtype<UnaryRun> floor, ceil, round, trunc;
  /// The remainder of a/b with the sign of a; integers are not divided by 0.
  ByDtype<BinaryRun> fmod;
  /// The larger and the smaller of two: the first where it is NaN, the second where it alone is.
  ByDtype<BinaryRun> at_least, at_most;
  /// Looks for 0 among integers.
  ByDtype<FindRun> find_zero;
};
const RoundingKernels& rounding_kernels();

}  // namespace retrograd::detail
