// Normalization of the rows of contiguous matrices; each kernel processes the rows in [first, last). Not a public
// header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct NormalizationKernels {
  /// Per row: r = 1/√(σ² + ε), h = (x − μ)·r, y = h·weight + bias.
  ByDtype<void (*)(const void* x, const void* weight, const void* bias, double epsilon, void* h, void* r, void* y,
                   std::int64_t columns, std::int64_t first, std::int64_t last)>
      rows;
  /// r·(q − mean(q) − h·mean(q∘h)) from a cotangent q of h.
  ByDtype<void (*)(const void* q, const void* h, const void* r, void* out, std::int64_t columns, std::int64_t first,
                   std::int64_t last)>
      rows_gradient;
};
const NormalizationKernels& normalization_kernels();

}  // namespace retrograd::detail
