// Softmax of rows and related functions; each kernel processes the rows in [first, last) of contiguous matrices. Not a
// public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

enum class SoftmaxKind { softmax, log_softmax, log_sum };  // log_sum uses y as scratch
struct SoftmaxKernels {
  /// Computes y from x; log_sums, ln Σ e^x of each row, may be null.
  ByDtype<void (*)(SoftmaxKind kind, const void* x, void* y, double* log_sums, std::int64_t columns, std::int64_t first,
                   std::int64_t last)>
      rows;
  /// Computes r from a cotangent g and the value y.
  using Gradient = void (*)(const void* g, const void* y, void* r, std::int64_t columns, std::int64_t first,
                            std::int64_t last);
  ByDtype<Gradient> softmax_gradient, log_softmax_gradient;
};
const SoftmaxKernels& softmax_kernels();

}  // namespace retrograd::detail
