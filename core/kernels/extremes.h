// Where the maximum or minimum of a line stands, and the gradient that goes there. Each kernel processes the blocks of
// lines in [first, last). Not a public header.
#pragma once
#include "kernel.h"
#include "lines.h"

namespace retrograd::detail {

struct ExtremeKernels {
  /// The position of the first maximum or minimum of each line; NaN comes first.
  using Position = void (*)(const void* x, std::int64_t* y, Lines lines, std::int64_t first, std::int64_t last);
  ByDtype<Position> argmax, argmin;
  /// r = g/(number of ties) where x equals the extreme `best` of its line, and 0 elsewhere; NaN for a line with a NaN.
  ByDtype<void (*)(const void* g, const void* x, const void* best, void* r, Lines lines, std::int64_t first,
                   std::int64_t last)>
      gradient;
};
const ExtremeKernels& extreme_kernels();

}  // namespace retrograd::detail
