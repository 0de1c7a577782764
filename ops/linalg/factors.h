// The LU factors of square matrices, and solutions by them: recorded ops whose derivatives reuse the factors. Does not
// depend on determinants. Not a public header.
#pragma once
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

#include "../../core/compute/factor.h"
#include "../../core/tensor/tensor.h"
#include "matrices.h"

namespace retrograd::detail {

/// The factors of each matrix of a tensor, as in core/blas/lapack.h.
class Factors {
 public:
  explicit Factors(const Tensor& a);
  /// The number of rows of each matrix.
  std::int64_t size() const { return size_; }
  /// The number of matrices.
  std::int64_t count() const { return size_ == 0 ? matrices_in(factors_.lu) : std::ssize(diagonals_) / size_; }
  /// The pivots of a matrix: the diagonal of its lower factor.
  std::span<const double> diagonal(std::int64_t matrix) const {
    return std::span(diagonals_).subspan(static_cast<std::size_t>(matrix * size_), static_cast<std::size_t>(size_));
  }
  /// The sign of the permutation: 1 or −1.
  double permutation_sign(std::int64_t matrix) const;
  /// For each matrix, whether its smallest pivot exceeds `tolerance` times its largest.
  std::vector<bool> regular(double tolerance) const;
  /// LinalgError naming the first singular matrix and its pivot.
  void check_regular(const char* op) const;
  /// A⁻¹·b, or A⁻ᵀ·b, with the leading axes broadcast; not recorded.
  Tensor solve(const Tensor& b, const Shape& leading, bool transposed) const;

 private:
  LuFactors factors_;
  std::int64_t size_;
  std::vector<double> diagonals_;
};

/// The inverse of each matrix of a, given its factors.
Tensor inverse_by(const Factors& factors, const Tensor& a);
/// A⁻¹·b, or A⁻ᵀ·b.
Tensor solve_by(const Factors& factors, const Tensor& a, const Tensor& b, bool transposed);

/// The rounding error of a pivot that should be 0, relative to the largest.
double rounding_of(const Tensor& a);
/// For each matrix, whether it is nonsingular as far as rounding can tell; with `clearly`, to half the digits.
std::vector<bool> regular_matrices(const Tensor& a, bool clearly = false);

}  // namespace retrograd::detail
