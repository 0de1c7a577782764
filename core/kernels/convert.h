// Conversion between dtypes. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct ConvertKernels {
  /// y[i] = x[i], indexed by the dtype of x and then that of y. Stops at the first element that y cannot represent and
  /// returns its position, or n.
  ByDtype<ByDtype<std::int64_t (*)(const void* x, void* y, std::int64_t n)>> convert;
  /// y[i · classes + indices[i]] = 1. Stops at the first index outside 0 … classes − 1 and returns its position, or n.
  ByDtype<std::int64_t (*)(const void* indices, void* y, std::int64_t n, std::int64_t classes)> one_hot;
};
const ConvertKernels& convert_kernels();

}  // namespace retrograd::detail
