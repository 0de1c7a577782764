// The door to factorizations: batches of square matrices on the last two axes of tensors of float32 or float64,
// factored and solved by in place. Nothing is recorded and nothing refused: a singular matrix shows in its factors. Not
// a public header.
#pragma once
#include <vector>

#include "../blas/lapack.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// The LU factors of each matrix, as lapack.h makes them; pivots has n for each.
struct LuFactors {
  Tensor lu, pivots;
};
LuFactors lu_factors(const Tensor& matrices);
/// x ← A⁻¹·x, or A⁻ᵀ·x, for each of its matrices, of which `matrix` gives the number among the factors.
void lu_solve(const LuFactors& factors, BatchMap matrix, bool transposed, const Tensor& x);
/// The diagonals of the matrices one behind the other.
std::vector<double> diagonals_of(const Tensor& matrices);
/// Lower triangles L of A = L·Lᵀ in place of the matrices; for each its first pivot that is not positive, or −1.
std::vector<std::int64_t> cholesky_in_place(const Tensor& matrices);
/// x ← A⁻¹·x for each of its matrices, of which only the lower (or upper) triangle is read; `offset` gives the matrix
/// of A that belongs to one, in elements.
void solve_triangular_in_place(const Tensor& a, BatchMap offset, bool lower, const Tensor& x);

}  // namespace retrograd::detail
