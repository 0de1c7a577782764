// Element-wise arithmetic; integers wrap around as in NumPy. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct ArithmeticKernels {
  ByDtype<BinaryRun> add, sub, mul, div, maximum, minimum;
  ByDtype<UnaryRun> neg, square, abs, sign, reciprocal;
  ByDtype<AddProductRun> add_product;
};
const ArithmeticKernels& arithmetic_kernels();

}  // namespace retrograd::detail
