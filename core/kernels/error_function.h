// The error function and the bell curve of its derivative, element by element; float32 and float64. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct ErrorFunctionKernels {
  ByDtype<UnaryRun> erf, erfc;
  /// e^(−k·x²) of x and of a k that is a power of two.
  ByDtype<BinaryRun> bell;
};
const ErrorFunctionKernels& error_function_kernels();

}  // namespace retrograd::detail
