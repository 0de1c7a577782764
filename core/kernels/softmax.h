// Softmax of rows and related functions; each kernel processes the rows in [first, last) of contiguous matrices. Not a
// public header.
#pragma once
#include <algorithm>

#include "kernel.h"

namespace retrograd::detail {

enum class SoftmaxKind { softmax, log_softmax };
/// Rows cut into pieces of `length` columns, the last of a row shorter; of at most `length` columns a row is one piece.
struct RowPieces {
  std::int64_t columns, length;
  std::int64_t each() const { return (columns + length - 1) / length; }
  std::int64_t offset(std::int64_t piece) const { return piece / each() * columns + piece % each() * length; }
  std::int64_t size(std::int64_t piece) const { return std::min(length, columns - piece % each() * length); }
};
struct SoftmaxKernels {
  /// Computes y from x; log_sums, ln Σ e^x of each row, may be null.
  ByDtype<void (*)(SoftmaxKind kind, const void* x, void* y, double* log_sums, std::int64_t columns, std::int64_t first,
                   std::int64_t last)>
      rows;
  /// Computes r from a cotangent g and the value y.
  using Gradient = void (*)(const void* g, const void* y, void* r, std::int64_t columns, std::int64_t first,
                            std::int64_t last);
  ByDtype<Gradient> softmax_gradient, log_softmax_gradient;
  /// ln Σ e^x of pieces of rows, numbered row by row; and r = g·e^(x − y) of them, of one g and y for each row.
  ByDtype<void (*)(const void* x, double* log_sums, RowPieces pieces, std::int64_t first, std::int64_t last)> log_sums;
  ByDtype<void (*)(const void* g, const void* x, const void* y, void* r, RowPieces pieces, std::int64_t first,
                   std::int64_t last)>
      log_sum_gradient;
};
const SoftmaxKernels& softmax_kernels();

}  // namespace retrograd::detail
