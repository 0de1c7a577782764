// Matrix products, through core/compute/product.h and core/blas. Transposed views go in without a copy.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// a · b for matrices (m, k) · (k, n), with NumPy's reading of what else there is: axes before the last two number
/// matrices and broadcast, (…, m, k) · (…, k, n); a vector stands for one row on the left and one column on the right,
/// and its axis goes: (k) · (k, n), (m, k) · (k), (k) · (k). float32 and float64; ShapeError where the inner dimensions
/// differ or the leading axes do not broadcast.
Tensor matmul(const Tensor& a, const Tensor& b);

}  // namespace retrograd
