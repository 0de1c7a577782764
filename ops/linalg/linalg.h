// Linear algebra on square matrices by LU factorization, using core/blas/lapack.h, and small products of vectors. The
// last two axes of a tensor are rows and columns; the axes before them index a batch of matrices. All support float32
// and float64. Derivatives follow Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
// differentiation" (2008), and are composed of ops, so they exist to every order. (Determinants are declared in
// determinant.h, triangular matrices in triangular.h.)
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// Σ aᵢ·bᵢ of two vectors of the same length, a scalar.
Tensor dot(const Tensor& a, const Tensor& b);
/// The cross product of 3-vectors along one axis (counted after broadcasting): a₁b₂ − a₂b₁, a₂b₀ − a₀b₂, a₀b₁ − a₁b₀;
/// also int64. ShapeError unless the axis has size 3.
Tensor cross(const Tensor& a, const Tensor& b, int axis = -1);
/// The outer product, the matrix of all aᵢ·bⱼ, of two vectors; also int64.
Tensor outer(const Tensor& a, const Tensor& b);
/// The sum of the diagonal of each matrix (…, n, m), not necessarily square: (…); also int64.
Tensor trace(const Tensor& x);

/// The inverse of each matrix; LinalgError names the first singular matrix and its pivot.
Tensor inverse(const Tensor& a);
/// X with a·X = b, for matrices b (…, n, k) whose leading axes broadcast with those of a (…, n, n), or for a vector b
/// (n), where the result is (…, n). LinalgError names the first singular matrix and its pivot.
Tensor solve(const Tensor& a, const Tensor& b);

}  // namespace retrograd
