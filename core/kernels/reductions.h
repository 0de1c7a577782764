// Reductions: how many elements fold into one, or a row of them into a row. Not a public header.
#pragma once
#include "kernel.h"
#include "lines.h"

namespace retrograd::detail {

struct ReductionKernels {
  ByDtype<Fold> sum, max, min;
  /// Into int64: Σ x of bytes and of truths, the number of elements that are not 0; into truths: whether all are not 0,
  /// or any is.
  ByDtype<ExactFold> sum_of_bytes, count_nonzero, all, any;
  /// Where the largest, or smallest, element of a line stands, NaN first; of the lines from first to before last.
  using Position = void (*)(const void* x, std::int64_t* y, Lines lines, std::int64_t first, std::int64_t last);
  ByDtype<Position> argmax, argmin;
};
const ReductionKernels& reduction_kernels();

}  // namespace retrograd::detail
