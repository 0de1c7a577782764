// Reductions: folds a row of elements into one, or into a row element by element. Not a public header.
#pragma once
#include "kernel.h"
#include "lines.h"

namespace retrograd::detail {

struct ReductionKernels {
  /// The mean is Σ x/n, where n is passed to the fold's `finish`.
  ByDtype<Fold> sum, mean, max, min;
  /// Into int64: Σ x of uint8 and boolean, and the number of nonzero elements; into boolean: whether all, or any,
  /// elements are nonzero.
  ByDtype<Fold> sum_of_bytes, count_nonzero, all, any;
  /// The position of the maximum or minimum of each line in [first, last); NaN comes first.
  using Position = void (*)(const void* x, std::int64_t* y, Lines lines, std::int64_t first, std::int64_t last);
  ByDtype<Position> argmax, argmin;
};
const ReductionKernels& reduction_kernels();

}  // namespace retrograd::detail
