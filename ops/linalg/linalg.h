// Linear algebra on square matrices by LU factors, from core/blas/lapack.h, and the small products of vectors. The last
// two axes of a tensor are rows and columns; axes before them number a batch of matrices. All float32 and float64.
// Derivatives after Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
// differentiation" (2008), in ops, so they go to every order. (Determinants are declared in determinant.h,
// triangular matrices in triangular.h.)
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// Σ aᵢ·bᵢ of two vectors of one length, a scalar.
Tensor dot(const Tensor& a, const Tensor& b);
/// The cross product of the vectors of three along one axis (counted after broadcasting): a₁b₂ − a₂b₁, a₂b₀ − a₀b₂,
/// a₀b₁ − a₁b₀; also int64. ShapeError where the axis is not of size 3.
Tensor cross(const Tensor& a, const Tensor& b, int axis = -1);
/// The matrix of all products aᵢ·bⱼ of two vectors; also int64.
Tensor outer(const Tensor& a, const Tensor& b);
/// The sum of the diagonal of each matrix (…, n, m), which need not be square: (…); also int64.
Tensor trace(const Tensor& x);

/// The inverse of each matrix; LinalgError names the first that is singular and its pivot.
Tensor inverse(const Tensor& a);
/// X with a·X = b, for matrices b (…, n, k) whose leading axes broadcast with those of a (…, n, n), or, where b has one
/// axis, a vector (n), for which the result is (…, n). LinalgError names the first singular matrix and its pivot.
Tensor solve(const Tensor& a, const Tensor& b);

}  // namespace retrograd
