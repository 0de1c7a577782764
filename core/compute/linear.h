// The door of linear layers: a product whose tiles get a bias and an activation while they are in a cache. Nothing is
// recorded. Knows no activation by name. Not a public header.
#pragma once
#include "../kernels/bias.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// z = a · b + bias and y = f(z), with a kernel for f; where y is z, only y. Both are contiguous buffers the caller
/// owns; a and b are matrices and bias a vector of any layout.
void linear_into(const Tensor& a, const Tensor& b, const Tensor& bias, const ByDtype<BiasRun>& kernel, Tensor& z,
                 Tensor& y);

}  // namespace retrograd::detail
