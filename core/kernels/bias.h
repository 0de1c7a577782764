// The epilogue of a tile of a linear layer: bias and activation. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

/// z[i] += bias[i] and y[i] = activation(z[i]); if y is z, only the latter.
using BiasRun = void (*)(void* z, const void* bias, void* y, std::int64_t n);
struct BiasKernels {
  ByDtype<BiasRun> identity, relu, sigmoid, tanh;
};
const BiasKernels& bias_kernels();

}  // namespace retrograd::detail
