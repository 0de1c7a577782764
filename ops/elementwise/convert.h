// From one dtype to another, and from class indices to one-hot rows. The only doors between dtypes.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// A copy of x as this dtype. Floating to floating differentiates; to an integer truncates towards zero, and is
/// an error for values it cannot hold; to boolean is "not zero".
Tensor astype(const Tensor& x, Dtype dtype);
/// Class indices (int64, any shape) as one-hot rows along a new innermost axis of size `classes`; an index outside
/// 0 … classes-1 is an error that names it.
Tensor one_hot(const Tensor& indices, std::int64_t classes, Dtype dtype = default_dtype());

namespace detail {
/// What NumPy sums and multiplies: boolean and uint8 as int64, because their own dtype would not hold the result.
Tensor as_number(const Tensor& x);
}  // namespace detail

}  // namespace retrograd
