// Triangles of matrices. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct TriangleKernels {
  /// y = x where column − row is at most k (lower) or at least k (upper), else 0; for the rows in [first, last) of
  /// contiguous matrices.
  ByDtype<void (*)(const void* x, void* y, std::int64_t rows, std::int64_t columns, std::int64_t k, bool is_lower,
                   std::int64_t first, std::int64_t last)>
      triangle;
};
const TriangleKernels& triangle_kernels();

}  // namespace retrograd::detail
