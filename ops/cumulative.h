// Running sums and products along an axis, in time proportional to the number of elements, their derivatives too.
// Inside, floating values run in double.
#pragma once
#include "../core/tensor.h"

namespace retrograd {

/// yₖ = Σ xⱼ over j ≤ k along one axis, of x's shape; float32, float64, int64, and of boolean and uint8 as int64.
Tensor cumsum(const Tensor& x, int axis);
/// yₖ = Π xⱼ over j ≤ k, likewise. Its derivative is right where factors are 0.
Tensor cumprod(const Tensor& x, int axis);

namespace detail {
/// yₖ = Π xⱼ over j < k along one axis (over j > k where `reverse`): 1 at its beginning.
Tensor product_before(const Tensor& x, int axis, bool reverse);
}  // namespace detail
}  // namespace retrograd
