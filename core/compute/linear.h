// Linear layers: a product whose tiles get a bias and an activation while they are in cache. Nothing is recorded. Does
// not depend on particular activations. Not a public header.
#pragma once
#include "../kernels/bias.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// z = a · b + bias and y = f(z), with a kernel for f; if y is z, only y. Both are contiguous buffers owned by the
/// caller; a and b are matrices and bias a vector, of any layout.
void linear_into(const Tensor& a, const Tensor& b, const Tensor& bias, const ByDtype<BiasRun>& kernel, Tensor& z,
                 Tensor& y);

}  // namespace retrograd::detail
