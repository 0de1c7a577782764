// Cumulative sums and products along an axis, in time linear in the number of elements, as are their derivatives.
// float32 is accumulated in double and float64 with compensation for rounding, and a product has an unlimited exponent.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// yₖ = Σ xⱼ over j ≤ k along one axis, with the shape of x; float32, float64, int64; boolean and uint8 as int64.
Tensor cumsum(const Tensor& x, int axis);
/// yₖ = Π xⱼ over j ≤ k, likewise. The derivative is correct even if factors are 0.
Tensor cumprod(const Tensor& x, int axis);

namespace detail {
/// For each element, the product of all others along the axes in `mask`.
Tensor products_of_others(const Tensor& x, std::uint32_t mask);
}  // namespace detail
}  // namespace retrograd
