// The order of the values of lines. Not a public header.
#pragma once
#include "kernel.h"
#include "lines.h"

namespace retrograd::detail {

struct SortKernels {
  /// The positions of the first `wanted` values in order, NaN last and equal values as they stand, of the lines from
  /// first to before last, o · inner + i each; y is (outer, wanted, inner), and `room` has kBytesOfPlace for each
  /// element of a line.
  static constexpr std::int64_t kBytesOfPlace = 16;
  ByDtype<void (*)(const void* x, std::int64_t* y, void* room, Lines lines, std::int64_t wanted, bool descending,
                   std::int64_t first, std::int64_t last)>
      positions;
};
const SortKernels& sort_kernels();

}  // namespace retrograd::detail
