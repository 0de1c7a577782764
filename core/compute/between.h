// The door for a tensor and two numbers that bound it: y[i] = kernel(x[i], low, high), shared by threads for large
// tensors. Nothing is recorded. Not a public header.
#pragma once
#include "../kernels/rounding.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// y = kernel(x, low, high) in one pass; `low` and `high` have one element each, of the dtype of x.
Tensor between(const char* op, const ByDtype<BetweenRun>& kernel, const Tensor& x, const Tensor& low,
               const Tensor& high);

}  // namespace retrograd::detail
