// The door for a mask and two tensors: y[i] = mask[i] ? a[i] : b[i] with NumPy's broadcasting, shared among threads
// where there are many. Nothing is recorded. Not a public header.
#pragma once
#include "../kernels/kernel.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// y = kernel(mask, a, b) with broadcasting; the mask is boolean, and the others are of one dtype.
Tensor choose(const char* op, const ByDtype<ChooseRun>& kernel, const Tensor& mask, const Tensor& a, const Tensor& b);

}  // namespace retrograd::detail
