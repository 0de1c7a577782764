// Triangular matrices: triangles of matrices, for any dtype; the Cholesky factorization, and triangular systems;
// derivatives are nonzero only in the triangle that is read. As in linalg.h, the axes before the last two index a
// batch.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// The lower triangle of the matrices on the last two axes, zero above the k-th diagonal.
Tensor tril(const Tensor& x, std::int64_t k = 0);
/// The upper triangle, zero below the k-th diagonal.
Tensor triu(const Tensor& x, std::int64_t k = 0);

/// The lower triangular L with L·Lᵀ = x, for symmetric positive definite matrices (…, n, n), of which only the lower
/// triangle is read: the gradient is 0 above the diagonal. LinalgError names the first matrix that is not positive
/// definite and its pivot. Derivative: Murray, "Differentiation of the Cholesky decomposition" (2016), eq. 10.
Tensor cholesky(const Tensor& x);

/// X with a·X = b, reading only the lower or upper triangle of a (…, n, n); b as in solve. LinalgError names the first
/// matrix with a 0 on the diagonal.
Tensor solve_triangular(const Tensor& a, const Tensor& b, bool lower);

}  // namespace retrograd
