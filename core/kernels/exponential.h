// Element-wise exponentials and logarithms; float32 and float64. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct ExponentialKernels {
  ByDtype<UnaryRun> exp, exp2, expm1, log, log2, log10, log1p;
};
const ExponentialKernels& exponential_kernels();

}  // namespace retrograd::detail
