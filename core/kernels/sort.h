// Sorting of lines. Not a public header.
#pragma once
#include "kernel.h"
#include "lines.h"

namespace retrograd::detail {

struct SortKernels {
  /// The positions of the first `wanted` values of each line in sorted order, NaN last, stable; for the lines o · inner
  /// + i in [first, last). y is (outer, wanted, inner), and `room` needs kBytesOfPlace per element of a line.
  static constexpr std::int64_t kBytesOfPlace = 16;
  ByDtype<void (*)(const void* x, std::int64_t* y, void* room, Lines lines, std::int64_t wanted, bool descending,
                   std::int64_t first, std::int64_t last)>
      positions;
};
const SortKernels& sort_kernels();

}  // namespace retrograd::detail
