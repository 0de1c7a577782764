// Conversion between dtypes, and from class indices to one-hot rows. The only ops that change the dtype of values.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// A copy of x converted to this dtype. Conversion between floating-point dtypes is differentiable; conversion to an
/// integer truncates toward zero, and is an error for values that the dtype cannot hold; conversion to boolean is x ≠
/// 0.
Tensor astype(const Tensor& x, Dtype dtype);
/// Class indices (int64, any shape) as one-hot rows along a new innermost axis of size `classes`; ShapeError naming the
/// first index outside 0 … classes-1.
Tensor one_hot(const Tensor& indices, std::int64_t classes, Dtype dtype = default_dtype());

namespace detail {
/// x as NumPy sums and multiplies it: boolean and uint8 become int64, because their own dtype could not hold the
/// result.
Tensor as_number(const Tensor& x);
}  // namespace detail

}  // namespace retrograd
