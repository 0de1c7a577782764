// Element-wise comparisons, and selection by a mask. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct ComparisonKernels {
  ByDtype<BinaryRun> equal, not_equal, less, less_equal, greater, greater_equal;
  ByDtype<ChooseRun> choose;
};
const ComparisonKernels& comparison_kernels();

}  // namespace retrograd::detail
