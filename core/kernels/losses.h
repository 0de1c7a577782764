// Loops of losses over outputs (rows, columns), with targets of the same shape or one class index per row. Not a public
// header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct LossKernels {
  /// r = (a − t)·s/n with a scalar s; [first, last) are elements, or with indices, rows.
  ByDtype<void (*)(const void* a, const void* targets, const void* s, double n, void* r, std::int64_t first,
                   std::int64_t last)>
      residual;
  ByDtype<void (*)(const void* a, const std::int64_t* indices, const void* s, double n, void* r, std::int64_t columns,
                   std::int64_t first, std::int64_t last)>
      residual_of_indices;
  /// Σ t·(log_sum of the row − x) over elements with t ≠ 0.
  ByDtype<double (*)(const void* x, const void* targets, const double* log_sums, std::int64_t rows,
                     std::int64_t columns)>
      cross_entropy;
  ByDtype<double (*)(const void* x, const std::int64_t* indices, const double* log_sums, std::int64_t rows,
                     std::int64_t columns)>
      cross_entropy_of_indices;
  /// Σ (y − t)²
  ByDtype<double (*)(const void* y, const void* targets, std::int64_t rows, std::int64_t columns)> squared_distance;
  ByDtype<double (*)(const void* y, const std::int64_t* indices, std::int64_t rows, std::int64_t columns)>
      squared_distance_of_indices;
};
const LossKernels& loss_kernels();

}  // namespace retrograd::detail
