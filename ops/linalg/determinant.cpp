#include "determinant.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "../../core/base/random.h"
#include "../../core/compute/creation.h"
#include "../../core/tape/linear.h"
#include "../../core/tape/record.h"
#include "../elementwise/arithmetic.h"
#include "../elementwise/comparison.h"
#include "../elementwise/exponential.h"
#include "../shape/views.h"
#include "factors.h"
#include "linalg.h"
#include "matmul.h"
#include "matrices.h"

namespace retrograd {

namespace {

using detail::Factors;
using detail::leading_axes;
using detail::matrices_in;
using detail::matrix_transpose;
using detail::regular_matrices;
using detail::with_matrix;

// A constant computed element by element.
template <class F>
Tensor made(const Shape& shape, Dtype dtype, F value) {
  std::vector<double> values(static_cast<std::size_t>(shape.size()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = value(static_cast<std::int64_t>(i));
  return tensor(values, shape, dtype);
}

// M = (A u; uᵀ 0) for each matrix, with an arbitrary fixed vector u: M is nonsingular if A has rank n − 1 or more,
// unless u is orthogonal to the null space of A or Aᵀ.
Tensor bordered(const Tensor& a) {
  const std::int64_t n = a.shape()[a.rank() - 1], count = matrices_in(a);
  Rng rng(1);
  const std::vector<double> direction = normal({n}, 0, 1, rng, float64).to_vector<double>();
  const std::vector<double> values = detach(a).to_vector<double>();
  std::vector<double> border(static_cast<std::size_t>(count * (n + 1) * (n + 1)), 0.0);
  for (std::int64_t i = 0; i < count; ++i) {
    double largest = 0;
    for (std::int64_t e = 0; e < n * n; ++e)
      largest = std::max(largest, std::abs(values[static_cast<std::size_t>(i * n * n + e)]));
    if (!(largest > 0 && std::isfinite(largest))) largest = 1;
    double* m = border.data() + i * (n + 1) * (n + 1);
    for (std::int64_t j = 0; j < n; ++j)
      m[j * (n + 1) + n] = m[n * (n + 1) + j] = largest * direction[static_cast<std::size_t>(j)];
  }
  const Tensor widen = eye(n + 1, n, a.dtype());
  return matmul(matmul(widen, a), matrix_transpose(widen)) +
         tensor(border, with_matrix(leading_axes(a), n + 1, n + 1), a.dtype());
}

// adj(A)ⱼᵢ = (−1)^(i+j) · det(A without row i and column j)
Tensor by_minors(const Tensor& a) {
  const std::int64_t n = a.shape()[a.rank() - 1], count = matrices_in(a);
  // skip[i] selects all rows except row i.
  const Tensor skip = made({n, n - 1, n}, a.dtype(), [n](std::int64_t e) {
    const std::int64_t i = e / (n * (n - 1)), row = e / n % (n - 1);
    return e % n == (row < i ? row : row + 1);
  });
  const Tensor signs = made({n, n}, a.dtype(), [n](std::int64_t e) { return (e / n + e % n) % 2 == 0 ? 1 : -1; });
  const Tensor rows = matmul(reshape(skip, Shape{n, 1, n - 1, n}), reshape(a, Shape{count, 1, 1, n, n}));
  return reshape(matrix_transpose(det(matmul(rows, matrix_transpose(skip))) * signs), a.shape());
}

// Scales rows and columns of each matrix by powers of 2, given as exponents, to a magnitude near 1: A = D·B·E. Then adj
// A = adj E · adj B · adj D, whose factors stay in range if the product does.
class Balance {
 public:
  explicit Balance(const Tensor& a)
      : n_(static_cast<std::size_t>(a.shape()[a.rank() - 1])), limit_(a.dtype() == float32 ? 120 : 1000) {
    const std::vector<double> values = detach(a).to_vector<double>();
    const std::size_t count = static_cast<std::size_t>(matrices_in(a));
    for (std::size_t i = 0; i < count; ++i) add(values.data() + i * n_ * n_);
    const auto powers = [&](const std::vector<double>& list, std::int64_t down, std::int64_t across) {
      return exp2(tensor(list, with_matrix(leading_axes(a), down, across), a.dtype()));
    };
    const auto n = static_cast<std::int64_t>(n_);
    rows = powers(rows_, n, 1);
    columns = powers(columns_, 1, n);
    half = powers(half_, n, n);
    other_half = powers(other_half_, n, n);
  }
  Tensor rows, columns;     ///< B = A * rows * columns
  Tensor half, other_half;  ///< adj A = adj B * half * other_half

 private:
  void add(const double* m) {
    std::vector<double> b(m, m + n_ * n_);
    std::vector<int> row(n_), column(n_);
    int all = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      all += row[i] = exponent_of_largest(b.data() + i * n_, 1);
      for (std::size_t j = 0; j < n_; ++j) b[i * n_ + j] = std::ldexp(b[i * n_ + j], -row[i]);
      rows_.push_back(-row[i]);
    }
    for (std::size_t j = 0; j < n_; ++j) {
      all += column[j] = exponent_of_largest(b.data() + j, n_);
      columns_.push_back(-column[j]);
    }
    for (std::size_t j = 0; j < n_; ++j)  // (adj A)ⱼᵢ
      for (std::size_t i = 0; i < n_; ++i) {
        const int exponent = all - row[i] - column[j], first = exponent / 2;
        half_.push_back(std::clamp(first, -limit_, limit_));
        other_half_.push_back(std::clamp(exponent - first, -limit_, limit_));
      }
  }
  // 0 if all values are 0 or none is finite.
  int exponent_of_largest(const double* values, std::size_t step) const {
    double largest = 0;
    for (std::size_t i = 0; i < n_; ++i)
      if (std::isfinite(values[i * step])) largest = std::max(largest, std::abs(values[i * step]));
    return largest > 0 ? std::clamp(std::ilogb(largest), -limit_, limit_) : 0;
  }
  std::size_t n_;
  int limit_;
  std::vector<double> rows_, columns_, half_, other_half_;
};

// With (X y; zᵀ w) = M⁻¹, Jacobi's complementary minor identity says det A = det M · w and adj A = det M · (w·X −
// y·zᵀ), whether or not A is singular.
Tensor by_border(const Tensor& a) {
  const int rank = a.rank();
  const std::int64_t n = a.shape()[rank - 1];
  Tensor m = bordered(a);
  Tensor determinant = reshape(det(m), with_matrix(leading_axes(a), 1, 1));
  const std::vector<bool> list = regular_matrices(detach(m));
  const bool all = std::find(list.begin(), list.end(), false) == list.end();
  if (!all && is_recorded(a)) return by_minors(a);
  if (!all) {  // only the value is needed: 0, or NaN
    const Tensor regular = tensor(list, determinant.shape());
    m = where(regular, m, eye(n + 1, a.dtype()));
    determinant = where(regular, determinant, 0 * determinant);
  }
  const Tensor inverse_of_m = inverse(m);
  const Tensor upper = slice(inverse_of_m, rank - 2, 0, n), lower = slice(inverse_of_m, rank - 2, n, n + 1);
  const Tensor x = slice(upper, rank - 1, 0, n), y = slice(upper, rank - 1, n, n + 1);
  const Tensor z = slice(lower, rank - 1, 0, n), w = slice(lower, rank - 1, n, n + 1);
  return determinant * (w * x - y * z);
}

// The adjugate of each matrix, with A·adj A = det A · I, at any rank: in O(n³) if the rank is at least n − 1. Below
// that it is zero; its derivatives, if they are requested, are computed from minors in O(n⁵).
Tensor adjugate(const Tensor& a) {
  if (a.shape()[a.rank() - 1] == 1) return ones_like(a);
  const Balance balance(a);
  const Tensor b = a * balance.rows * balance.columns;
  const std::vector<bool> regular = regular_matrices(detach(b), true);
  const bool all = std::find(regular.begin(), regular.end(), false) == regular.end();
  const Tensor adjugate_of_b = all ? reshape(det(b), with_matrix(leading_axes(b), 1, 1)) * inverse(b) : by_border(b);
  return adjugate_of_b * balance.half * balance.other_half;
}

// det A from the diagonal, with the exponent kept separately, so that no partial product overflows.
double product_of(std::span<const double> pivots) {
  double mantissa = 1;
  std::int64_t exponent = 0;
  for (const double pivot : pivots) {
    int more = 0;
    mantissa = std::frexp(mantissa * pivot, &more);
    exponent += std::isfinite(mantissa) ? more : 0;
  }
  return std::ldexp(mantissa, static_cast<int>(std::clamp<std::int64_t>(exponent, -100000, 100000)));
}

// One number per matrix of a, as a tensor of its dtype.
Tensor numbers_of(const Tensor& a, const std::vector<double>& numbers) {
  return tensor(numbers, leading_axes(a), a.dtype());
}

Tensor as_matrices(const Tensor& x) { return reshape(x, with_matrix(x.shape(), 1, 1)); }

// False if a determinant has overflowed or lost digits to underflow, since its derivatives may still be representable.
bool all_in_range(const Tensor& determinants) {
  return detail::dispatch<float, double>(determinants.dtype(), [&]<class T>() {
    const std::span<const T> all = determinants.span<T>();
    return std::all_of(all.begin(), all.end(), [](T y) { return std::isnormal(y) || std::isnan(y); });
  });
}

}  // namespace

// d det A = det A · tr(A⁻¹·dA) (Giles 2.2.4); det A · A⁻¹ is the adjugate, which also exists for singular matrices.
Tensor det(const Tensor& a) {
  detail::check_matrices("det", a, true);
  const Factors factors(a);
  std::vector<double> values;
  for (std::int64_t matrix = 0; matrix < factors.count(); ++matrix)
    values.push_back(factors.permutation_sign(matrix) * product_of(factors.diagonal(matrix)));
  return record("det", numbers_of(a, values),
                wrt(
                    a,
                    [factors](const Tensor& g, const Tensor& u, const Tensor& value) {
                      // det A · A⁻¹ loses digits as A approaches a singular matrix, and its derivatives lose them
                      // sooner.
                      const double epsilon = detail::rounding_of(u),
                                   tolerance = is_recorded(u) ? std::sqrt(epsilon) : epsilon;
                      const std::vector<bool> regular = factors.regular(tolerance);
                      if (std::find(regular.begin(), regular.end(), false) != regular.end() || !all_in_range(value))
                        return as_matrices(g) * matrix_transpose(adjugate(u));
                      return as_matrices(g * value) * matrix_transpose(detail::inverse_by(factors, u));
                    },
                    a, Result{}));
}

// d ln|det A| = tr(A⁻¹·dA)
SignAndLog slogdet(const Tensor& a) {
  detail::check_matrices("slogdet", a, true);
  const Factors factors(a);
  std::vector<double> signs, logarithms;
  for (std::int64_t matrix = 0; matrix < factors.count(); ++matrix) {
    double sign = factors.permutation_sign(matrix), logarithm = 0;
    for (const double pivot : factors.diagonal(matrix)) {
      sign *= pivot > 0 ? 1 : pivot < 0 ? -1 : pivot;  // 0, or NaN
      logarithm += std::log(std::abs(pivot));
    }
    signs.push_back(sign);
    logarithms.push_back(logarithm);
  }
  return {numbers_of(a, signs), record("slogdet", numbers_of(a, logarithms),
                                       wrt(
                                           a,
                                           [factors](const Tensor& g, const Tensor& u) {
                                             return as_matrices(g) * matrix_transpose(detail::inverse_by(factors, u));
                                           },
                                           a))};
}

}  // namespace retrograd
