// Arithmetic, element by element: integers wrap around as NumPy's do. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct ArithmeticKernels {
  ByDtype<BinaryRun> add, sub, mul, div, maximum, minimum;
  ByDtype<UnaryRun> neg, square, abs, sign, reciprocal;
  /// y[i] += a[i] · b[i]
  ByDtype<void (*)(const void* a, const void* b, void* y, std::int64_t n)> add_product;
};
const ArithmeticKernels& arithmetic_kernels();

}  // namespace retrograd::detail
