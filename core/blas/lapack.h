// The only interface to LAPACK: factorizations of square matrices and the solution of systems by them, for batches of
// contiguous row-major matrices. Each matrix is factored on one thread, and right-hand sides are split by shape alone,
// so results are bitwise equal for any number of threads. Depends on pointers and strides, not on tensors. Not a public
// header.
#pragma once
#include <cstdint>

#include "../base/function_ref.h"
#include "gemm.h"

namespace retrograd::detail {

/// Maps right-hand side i to its matrix in a batch of factors, by number or by offset in elements.
using BatchMap = FunctionRef<std::int64_t(std::int64_t)>;

/// Factors n × n matrices in place: A = L·U·P, L lower triangular, U upper triangular with a unit diagonal (not
/// stored), P the swaps of columns 0, 1, … with those in `pivots` (n per matrix). A zero on the diagonal of L means
/// that A is singular. T is float or double, here and below.
template <class T>
void lu_factor(std::int64_t count, std::int64_t n, T* a, std::int64_t* pivots);

/// Replaces B (n × k) by A⁻¹·B, or by A⁻ᵀ·B if `transposed`; A is given by its factors.
template <class T>
void lu_solve(std::int64_t count, std::int64_t n, std::int64_t k, const T* lu, const std::int64_t* pivots,
              BatchMap matrix, bool transposed, T* b);

/// Replaces the lower triangle of A by that of L in A = L·Lᵀ, and the upper one by 0. failed[i] is the first pivot of
/// matrix i that is not positive, or -1.
template <class T>
void cholesky_factor(std::int64_t count, std::int64_t n, T* a, std::int64_t* failed);

/// Replaces B (n × k) by A⁻¹·B, where only the lower (or upper) triangle of A is read; `offset` is in elements.
template <class T>
void triangular_solve(std::int64_t count, std::int64_t n, std::int64_t k, MatrixIn<T> a, BatchMap offset, bool lower,
                      T* b);

/// Replaces the rows of a matrix (n × m, n ≤ m) by orthonormal ones: row i becomes its component orthogonal to the
/// previous rows, normalized. (Q·R = Aᵀ with a positive diagonal of R; the result is Qᵀ.)
void orthonormal_rows(std::int64_t n, std::int64_t m, double* a);

}  // namespace retrograd::detail
