// ln |Γ(x)| and its derivative ψ(x), element by element; float32 and float64. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct GammaKernels {
  ByDtype<UnaryRun> lgamma, digamma;
};
const GammaKernels& gamma_kernels();

}  // namespace retrograd::detail
