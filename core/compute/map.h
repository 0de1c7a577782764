// Element-wise ops of one tensor: y[i] = kernel(x[i]), split among threads if there are many elements. Nothing is
// recorded. Not a public header.
#pragma once
#include "../kernels/kernel.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// y = kernel(x), element-wise; `out_dtype` if the dtype changes.
Tensor map(const char* op, const ByDtype<UnaryRun>& kernel, const Tensor& x);
Tensor map(const char* op, const ByDtype<UnaryRun>& kernel, const Tensor& x, Dtype out_dtype);

}  // namespace retrograd::detail
