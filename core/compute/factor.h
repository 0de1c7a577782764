// Factorizations of batches of square matrices on the last two axes of float32 or float64 tensors, and solutions by
// them, in place. Nothing is recorded and no arguments are checked: a singular matrix shows in its factors. Not a
// public header.
#pragma once
#include <vector>

#include "../blas/lapack.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// The LU factors of each matrix, as in lapack.h; n pivots per matrix.
struct LuFactors {
  Tensor lu, pivots;
};
LuFactors lu_factors(const Tensor& matrices);
/// x ← A⁻¹·x, or A⁻ᵀ·x, for each matrix of x; `matrix` maps its number to that of its factors.
void lu_solve(const LuFactors& factors, BatchMap matrix, bool transposed, const Tensor& x);
/// The diagonals of the matrices, concatenated.
std::vector<double> diagonals_of(const Tensor& matrices);
/// Replaces each matrix by the lower triangle L of A = L·Lᵀ; returns for each the first pivot that is not positive, or
/// −1.
std::vector<std::int64_t> cholesky_in_place(const Tensor& matrices);
/// x ← A⁻¹·x for each matrix of x, reading only the lower (or upper) triangle of A; `offset` maps its number to the
/// offset of its matrix in A, in elements.
void solve_triangular_in_place(const Tensor& a, BatchMap offset, bool lower, const Tensor& x);

}  // namespace retrograd::detail
