// Reductions along axes, as folds of rows or of columns, one group of adjacent reduced axes at a time. The work is
// split into tiles shared among threads; the order of operations depends on the shape alone. Not a public header.
#pragma once
#include <cstdint>

#include "../kernels/kernel.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// Folds x over the axes in `mask`, which are removed, or with `keepdims` kept with size 1. Not recorded.
Tensor reduce(const char* op, const ByDtype<Fold>& fold, const Tensor& x, std::uint32_t mask, bool keepdims);
/// The same into another dtype; `n` and `epsilon` are passed to the fold's `finish`.
Tensor reduce(const char* op, const ByDtype<Fold>& fold, const Tensor& x, std::uint32_t mask, bool keepdims,
              Dtype out_dtype, double n = 1, double epsilon = 0);
/// Σ aᵢ·bᵢ of two vectors of one size and dtype, as a scalar. Not recorded.
Tensor dot(const Tensor& a, const Tensor& b);
/// The resulting shape: without the reduced axes, or with size 1 in their place.
Shape reduced_shape(const Shape& shape, std::uint32_t mask, bool keepdims);

}  // namespace retrograd::detail
