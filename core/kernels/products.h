// Products of many factors, held as m·2^e so that no intermediate result overflows or underflows; for float64 with a
// compensation of rounding errors. Integers wrap around. Not a public header.
#pragma once
#include "kernel.h"
#include "lines.h"
#include "scan.h"

namespace retrograd::detail {

struct ProductKernels {
  /// Π x; floating-point dtypes are kept, all others yield int64
  ByDtype<Fold> product;
  /// yᵢ = Π xⱼ over j ≠ i along the lines of the blocks in [first, last); `room` needs kBytesOfOthers per element.
  static constexpr std::int64_t kBytesOfOthers = ScanKernels::kBytesOfProduct;
  ByDtype<void (*)(const void* x, void* y, void* room, Lines lines, std::int64_t first, std::int64_t last)> others;
};
const ProductKernels& product_kernels();

}  // namespace retrograd::detail
