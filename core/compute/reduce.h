// Reductions as walks: the output is broadcast (step 0) along the reduced axes, so a run either folds into one element
// or into a row element by element. Sums proceed in blocks and halves, so their error hardly grows with their length;
// the order depends on the shape alone. Not a public header.
#pragma once
#include <cstdint>

#include "../kernels/kernel.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// Folds x over the axes in `mask`, which are kept with size 1. Not recorded.
Tensor reduce(const char* op, const ByDtype<Fold>& fold, const Tensor& x, std::uint32_t mask);
/// The same into another dtype; x is read in place.
Tensor reduce(const char* op, const ByDtype<ExactFold>& fold, const Tensor& x, std::uint32_t mask, Dtype out_dtype);
/// The resulting shape: without the reduced axes, or with size 1 in their place.
Shape reduced_shape(const Shape& shape, std::uint32_t mask, bool keepdims);

}  // namespace retrograd::detail
