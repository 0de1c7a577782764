// Triangular matrices: Cholesky's factorization, and systems with a triangular matrix. Of what they read only one
// triangle counts, and only that one has a derivative. As in linalg.h, axes before the last two number a batch.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// The lower triangular L with L·Lᵀ = x, of symmetric, positive definite matrices (…, n, n), of which only the lower
/// triangle is read: the gradient is 0 above the diagonal. LinalgError names the first matrix that is not positive
/// definite and its pivot. Derivative: Murray, "Differentiation of the Cholesky decomposition" (2016), eq. 10.
Tensor cholesky(const Tensor& x);

/// X with a·X = b, of which only the lower or only the upper triangle of a (…, n, n) is read; b as in solve.
/// LinalgError names the first matrix with a 0 on the diagonal.
Tensor solve_triangular(const Tensor& a, const Tensor& b, bool lower);

}  // namespace retrograd
