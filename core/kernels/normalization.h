// Normalization of the rows of contiguous matrices; each kernel processes the rows in [first, last). Not a public
// header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct NormalizationKernels {
  /// With h = (x − μ)/√(σ² + ε) for each row: y = h·weight + bias. For each row also the rounded mean, its rounding
  /// error `rest`, and r = 1/√(σ² + ε).
  ByDtype<void (*)(const void* x, const void* weight, const void* bias, double epsilon, void* mean, void* rest, void* r,
                   void* y, std::int64_t columns, std::int64_t first, std::int64_t last)>
      rows;
  /// For tiles of `tile` rows of a cotangent g of y, and q = g·weight: to_x = r·(q − mean(q) − h·mean(q∘h)); and
  /// sums[2·t] = Σ g∘h, sums[2·t + 1] = Σ g over the rows of tile t. to_x or sums may be null.
  ByDtype<void (*)(const void* g, const void* x, const void* weight, const void* mean, const void* rest, const void* r,
                   void* to_x, void* sums, std::int64_t columns, std::int64_t rows, std::int64_t tile,
                   std::int64_t first, std::int64_t last)>
      gradient;
};
const NormalizationKernels& normalization_kernels();

}  // namespace retrograd::detail
