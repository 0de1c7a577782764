// Reductions: folds a row of elements into one, or into a row element by element. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct ReductionKernels {
  /// The mean is Σ x/n, where n is passed to the fold's `finish`.
  ByDtype<Fold> sum, mean, max, min;
  /// Into int64: Σ x of uint8 and boolean, and the number of nonzero elements; into boolean: whether all, or any,
  /// elements are nonzero.
  ByDtype<Fold> sum_of_bytes, count_nonzero, all, any;
};
const ReductionKernels& reduction_kernels();

}  // namespace retrograd::detail
