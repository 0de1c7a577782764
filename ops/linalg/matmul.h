// Matrix products, using core/compute/product.h and core/blas. Transposed views are not copied.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// a · b for matrices (m, k) · (k, n), generalized as in NumPy: the axes before the last two index matrices and
/// broadcast, (…, m, k) · (…, k, n); a vector is a row on the left and a column on the right, and its axis is dropped
/// from the result: (k) · (k, n), (m, k) · (k), (k) · (k). float32 and float64; ShapeError if the inner dimensions
/// differ or the leading axes do not broadcast.
Tensor matmul(const Tensor& a, const Tensor& b);

}  // namespace retrograd
