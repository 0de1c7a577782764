// Elements from one dtype to another. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct ConvertKernels {
  /// y[i] = x[i], by the dtype of x and then that of y: up to the first element that y cannot hold, whose position it
  /// returns, or n.
  ByDtype<ByDtype<std::int64_t (*)(const void* x, void* y, std::int64_t n)>> convert;
  /// y[i · classes + indices[i]] = 1: up to the first index outside 0 … classes − 1, whose position it returns, or n.
  ByDtype<std::int64_t (*)(const void* indices, void* y, std::int64_t n, std::int64_t classes)> one_hot;
};
const ConvertKernels& convert_kernels();

}  // namespace retrograd::detail
