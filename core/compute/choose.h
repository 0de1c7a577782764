// Element-wise selection: y[i] = mask[i] ? a[i] : b[i] with NumPy's broadcasting, split among threads if there are many
// elements. Nothing is recorded. Not a public header.
#pragma once
#include "../kernels/kernel.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// y = kernel(mask, a, b) with broadcasting; the mask is boolean, and a and b have the same dtype.
Tensor choose(const char* op, const ByDtype<ChooseRun>& kernel, const Tensor& mask, const Tensor& a, const Tensor& b);

}  // namespace retrograd::detail
