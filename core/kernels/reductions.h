// Reductions: how many elements fold into one, or a row of them into a row. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct ReductionKernels {
  ByDtype<Fold> sum;
};
const ReductionKernels& reduction_kernels();

}  // namespace retrograd::detail
