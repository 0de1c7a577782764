// Matrix products: OpenBLAS's sgemm and dgemm through core/blas. Transposed views go in without a copy.
#pragma once
#include "../core/tensor.h"

namespace retrograd {

/// a · b for matrices (m, k) · (k, n), and with NumPy's reading of a vector on either side: (k) · (k, n), (m, k) · (k),
/// (k) · (k). float32 and float64; ShapeError where the inner dimensions differ.
Tensor matmul(const Tensor& a, const Tensor& b);

namespace detail {
/// c = a · b + beta · c for matrices, into a contiguous buffer the caller owns; unrecorded.
void matmul_into(const Tensor& a, const Tensor& b, double beta, Tensor& c);
}  // namespace detail
}  // namespace retrograd
