// Matrix products, through core/product and core/blas. Transposed views go in without a copy.
#pragma once
#include "../core/tape.h"
#include "../core/tensor.h"

namespace retrograd {

/// a · b for matrices (m, k) · (k, n), and with NumPy's reading of a vector on either side: (k) · (k, n), (m, k) · (k),
/// (k) · (k). float32 and float64; ShapeError where the inner dimensions differ.
Tensor matmul(const Tensor& a, const Tensor& b);

namespace detail {
/// Gives an input that a joint rule was asked for the cotangent a · b.
void give_product(Cotangents& out, std::size_t input, const Tensor& a, const Tensor& b);
}  // namespace detail
}  // namespace retrograd
