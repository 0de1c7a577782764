// The door for one tensor: y[i] = kernel(x[i]), shared among threads where there are many. Nothing is recorded. Not a
// public header.
#pragma once
#include "../kernels/kernel.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// y = kernel(x), element by element, of the same shape; `out_dtype` where it differs.
Tensor map(const char* op, const ByDtype<UnaryRun>& kernel, const Tensor& x);
Tensor map(const char* op, const ByDtype<UnaryRun>& kernel, const Tensor& x, Dtype out_dtype);

}  // namespace retrograd::detail
