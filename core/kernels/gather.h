// Gathers elements by index; indices must be in range. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct GatherKernels {
  /// Rows of `bytes` bytes, x as (outer, n, bytes): y[o, j] = x[o, indices[j]] for each of `count` indices, for the
  /// rows of y in [first, last).
  void (*rows)(const void* x, const std::int64_t* indices, void* y, std::int64_t n, std::int64_t count,
               std::int64_t bytes, std::int64_t first, std::int64_t last);
  /// With x as (outer, n, inner) and y as (outer, m, inner): y[o, j, i] = x[o, indices[o, j, i], i] for the rows (o, j)
  /// of y in [first, last).
  ByDtype<void (*)(const void* x, const std::int64_t* indices, void* y, std::int64_t n, std::int64_t m,
                   std::int64_t inner, std::int64_t first, std::int64_t last)>
      along;
};
const GatherKernels& gather_kernels();

}  // namespace retrograd::detail
