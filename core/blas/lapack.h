// The one door to LAPACK: factorizations of square matrices and the solution of systems by them, for batches of
// matrices that lie row by row, one matrix behind the other. Each matrix is factored on one thread and right sides are
// cut by shape alone, so the bits do not depend on the number of threads. Knows pointers and strides, not tensors. Not
// a public header.
#pragma once
#include <cstdint>

#include "../base/function_ref.h"
#include "gemm.h"

namespace retrograd::detail {

/// Which matrix of a batch of factors belongs to the i-th right side, by number or by offset in elements.
using BatchMap = FunctionRef<std::int64_t(std::int64_t)>;

/// Factors n × n matrices in place: A = L·U·P, L lower triangular, U upper triangular with ones on the diagonal (not
/// stored), P the swaps of columns 0, 1, … with those in `pivots` (n for each matrix). A zero on the diagonal of L says
/// that A is singular. T is float or double, here and below.
template <class T>
void lu_factor(std::int64_t count, std::int64_t n, T* a, std::int64_t* pivots);

/// B (n × k, in place) becomes A⁻¹·B, or A⁻ᵀ·B where `transposed`; A is given by its factors.
template <class T>
void lu_solve(std::int64_t count, std::int64_t n, std::int64_t k, const T* lu, const std::int64_t* pivots,
              BatchMap matrix, bool transposed, T* b);

/// The lower triangle L of A = L·Lᵀ in place of that of A; the upper one becomes 0. failed[i] is the first pivot of
/// matrix i that is not positive, or -1.
template <class T>
void cholesky_factor(std::int64_t count, std::int64_t n, T* a, std::int64_t* failed);

/// B (n × k, in place) becomes A⁻¹·B, of which only the lower (or upper) triangle is read; `offset` is in elements.
template <class T>
void triangular_solve(std::int64_t count, std::int64_t n, std::int64_t k, MatrixIn<T> a, BatchMap offset, bool lower,
                      T* b);

/// Rows of a matrix (n × m, n ≤ m) in place of which come orthonormal ones: row i is what is left of row i beside the
/// rows before it, at length 1. (Q·R = Aᵀ with a positive diagonal of R; Qᵀ is what stays.)
void orthonormal_rows(std::int64_t n, std::int64_t m, double* a);

}  // namespace retrograd::detail
