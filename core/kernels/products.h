// Products of many factors, held as m·2^e so that no intermediate result overflows or underflows; for float64 with a
// compensation of rounding errors. Integers wrap around. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct ProductKernels {
  /// Π x; floating-point dtypes are kept, all others yield int64
  ByDtype<Fold> product;
};
const ProductKernels& product_kernels();

}  // namespace retrograd::detail
