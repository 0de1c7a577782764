// Running sums and products along an axis, in time proportional to the number of elements, their derivatives too.
// Inside, float32 runs in double and float64 with the rounding of each step, and a product's exponent has no end.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// yₖ = Σ xⱼ over j ≤ k along one axis, of x's shape; float32, float64, int64, and of boolean and uint8 as int64.
Tensor cumsum(const Tensor& x, int axis);
/// yₖ = Π xⱼ over j ≤ k, likewise. Its derivative is right where factors are 0.
Tensor cumprod(const Tensor& x, int axis);

namespace detail {
/// The products along the middle axis of lines (outer, n, inner), which becomes of size 1; those of
/// boolean and uint8 as int64.
Tensor product_along(const Tensor& lines);
}  // namespace detail
}  // namespace retrograd
