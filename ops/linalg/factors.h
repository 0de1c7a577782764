// The LU factors of square matrices, and what is solved by them: recorded ops whose derivatives use the same factors.
// Knows nothing of determinants. Not a public header.
#pragma once
#include <cstdint>
#include <vector>

#include "../../core/base/dtype.h"
#include "../../core/tensor/tensor.h"
#include "matrices.h"

namespace retrograd::detail {

/// The factors of each matrix of a tensor, as core/blas/lapack makes them.
class Factors {
 public:
  explicit Factors(const Tensor& a);
  /// The number of rows.
  std::int64_t size() const { return lu_.shape()[lu_.rank() - 1]; }
  /// Calls see(matrix, the first element of its diagonal, the distance of neighbors there).
  template <class F>
  void each_diagonal(F see) const {
    const std::int64_t n = size(), count = matrices_in(lu_);
    dispatch<float, double>(lu_.dtype(), [&]<class T>() {
      for (std::int64_t i = 0; i < count; ++i) see(i, lu_.data<T>() + i * n * n, n + 1);
    });
  }
  /// 1 or −1.
  double permutation_sign(std::int64_t matrix) const;
  /// For each matrix: whether its smallest pivot is more than `tolerance` of its largest.
  std::vector<bool> regular(double tolerance) const;
  /// LinalgError names the first matrix that is singular, and its pivot.
  void check_regular(const char* op) const;
  /// A⁻¹·b, or A⁻ᵀ·b, with the leading axes broadcast; not recorded.
  Tensor solve(const Tensor& b, const Shape& leading, bool transposed) const;

 private:
  Tensor lu_, pivots_;
};

/// The inverse of each matrix of a, whose factors these are.
Tensor inverse_by(const Factors& factors, const Tensor& a);
/// A⁻¹·b, or A⁻ᵀ·b.
Tensor solve_by(const Factors& factors, const Tensor& a, const Tensor& b, bool transposed);

/// What rounding leaves of a pivot that should be 0, relative to the largest.
double rounding_of(const Tensor& a);
/// For each matrix, whether it is regular as far as rounding can tell; `clearly`, whether half its digits say so.
std::vector<bool> regular_matrices(const Tensor& a, bool clearly = false);

}  // namespace retrograd::detail
