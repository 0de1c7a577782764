#include "linalg.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "../../core/base/error.h"
#include "../../core/blas/lapack.h"
#include "../../core/compute/creation.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/fields.h"
#include "../../core/tensor/format.h"
#include "../elementwise/arithmetic.h"
#include "../reduction/reductions.h"
#include "../shape/views.h"
#include "adjugate.h"
#include "matmul.h"
#include "matrices.h"

namespace retrograd {

namespace {

void check_vectors(const char* op, const Tensor& a, const Tensor& b) {
  detail::check_dtypes(op, a, b);
  if (a.rank() != 1 || b.rank() != 1)
    fail<ShapeError>("{}: takes vectors, got {} and {}; matmul multiplies matrices", op, a.shape(), b.shape());
}

// The LU factors of each matrix of a tensor, as core/lapack makes them.
struct Factors {
  Tensor lu, pivots;
  explicit Factors(const Tensor& a) : lu(detail::copy_values(a)) {
    const std::int64_t n = a.shape()[a.rank() - 1], count = detail::matrices_in(a);
    pivots = Tensor::empty({count * n}, int64);
    dispatch_floating(a.dtype(), [&]<class T>() {
      detail::lu_factor(count, n, detail::values<T>(lu), detail::values<std::int64_t>(pivots));
    });
  }
  std::int64_t size() const { return lu.shape()[lu.rank() - 1]; }

  // Calls see(matrix, its diagonal, the distance of neighbors there).
  template <class F>
  void each_diagonal(F see) const {
    const std::int64_t n = size(), count = detail::matrices_in(lu);
    dispatch_floating(lu.dtype(), [&]<class T>() {
      for (std::int64_t i = 0; i < count; ++i) see(i, lu.data<T>() + i * n * n, n + 1);
    });
  }
  double permutation_sign(std::int64_t matrix) const {
    const std::int64_t n = size(), *swaps = pivots.data<std::int64_t>() + matrix * n;
    double sign = 1;
    for (std::int64_t i = 0; i < n; ++i) sign = swaps[i] == i ? sign : -sign;
    return sign;
  }
  // For each matrix: whether its least pivot is more than `tolerance` of its largest.
  std::vector<bool> regular(double tolerance) const {
    std::vector<bool> list;
    each_diagonal([&](std::int64_t, const auto* pivot, std::int64_t step) {
      double least = size() == 0 ? 1 : INFINITY, most = size() == 0 ? 1 : 0;
      bool numbers = true;
      for (std::int64_t i = 0; i < size(); ++i) {
        const double value = std::abs(static_cast<double>(pivot[i * step]));
        least = std::min(least, value);
        most = std::max(most, value);
        numbers = numbers && std::isfinite(value);
      }
      list.push_back(numbers && least > tolerance * most);
    });
    return list;
  }
  void check_regular(const char* op) const {
    each_diagonal([&](std::int64_t matrix, const auto* pivot, std::int64_t step) {
      for (std::int64_t i = 0; i < size(); ++i)
        if (pivot[i * step] == 0)
          fail<LinalgError>("{}: {} is singular: pivot {} is 0", op, detail::name_matrix(matrix, lu.shape()), i);
    });
  }
  // A⁻¹·b or A⁻ᵀ·b with the leading axes broadcast; not recorded.
  Tensor solve(const Tensor& b, const Shape& leading, bool transposed) const {
    const NoTape only_values;
    const std::int64_t n = size(), k = b.shape()[b.rank() - 1];
    Tensor x = detail::copy_values(broadcast_to(b, detail::with_matrix(leading, n, k)));
    const detail::MatrixNumber number(lu, leading);
    dispatch_floating(x.dtype(), [&]<class T>() {
      detail::lu_solve(leading.size(), n, k, lu.data<T>(), pivots.data<std::int64_t>(), number, transposed,
                       detail::values<T>(x));
    });
    return x;
  }
};

// Y = A⁻¹: dY = −Y·dA·Y (Giles 2.2.3)
Tensor inverse_by(const Factors& factors, const Tensor& a) {
  const Tensor y = factors.solve(eye(factors.size(), a.dtype()), detail::leading_axes(a), false);
  return record("inverse", std::move(y),
                wrt(
                    a,
                    [](const Tensor& g, const Tensor& value) {
                      const Tensor yt = detail::matrix_transpose(value);
                      return neg(matmul(matmul(yt, g), yt));
                    },
                    Result{}));
}

// X = A⁻¹·B: dX = A⁻¹·(dB − dA·X), so the cotangent of B is H = A⁻ᵀ·G and that of A is −H·Xᵀ (Giles 2.3.1). With Aᵀ in
// the place of A it is −X·Hᵀ. The factors serve every order.
Tensor solve_by(const Factors& factors, const Tensor& a, const Tensor& b, bool transposed) {
  Tensor x = factors.solve(b, detail::broadcast_leading("solve", a, b), transposed);
  const Tensor inputs[] = {a, b};
  return record_joint(
      "solve", std::move(x), inputs,
      [factors, transposed](const Tensor& g, Cotangents& out, const Tensor& u, const Tensor& at) {
        const Tensor h = solve_by(factors, u, g, !transposed);
        if (out.wants(0)) {
          const Tensor &left = transposed ? at : h, &right = transposed ? h : at;
          out.give(0, neg(u.rank() == 2 ? detail::sum_of_products(left, right)
                                        : matmul(left, detail::matrix_transpose(right))));
        }
        if (out.wants(1)) out.give(1, h);
      },
      a, Result{});
}

// det A from the diagonal, its exponent apart, so that no partial product overflows.
template <class T>
double product_of(const T* pivot, std::int64_t n, std::int64_t step) {
  double mantissa = 1;
  std::int64_t exponent = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    int more = 0;
    mantissa = std::frexp(mantissa * static_cast<double>(pivot[i * step]), &more);
    exponent += std::isfinite(mantissa) ? more : 0;
  }
  return std::ldexp(mantissa, static_cast<int>(std::clamp<std::int64_t>(exponent, -100000, 100000)));
}

// What rounding leaves of a pivot that should be 0, relative to the largest.
double rounding_of(const Tensor& a) {
  return 16 * static_cast<double>(a.shape()[a.rank() - 1]) * (a.dtype() == float32 ? 0x1p-23 : 0x1p-52);
}

Tensor as_matrices(const Tensor& x) { return reshape(x, detail::with_matrix(x.shape(), 1, 1)); }

// False where a determinant of a regular matrix is no longer a number with all its digits, though its derivatives may
// be.
bool all_in_range(const Tensor& determinants) {
  return dispatch_floating(determinants.dtype(), [&]<class T>() {
    const std::span<const T> all = determinants.span<T>();
    return std::all_of(all.begin(), all.end(), [](T y) { return std::isnormal(y) || std::isnan(y); });
  });
}

}  // namespace

Tensor dot(const Tensor& a, const Tensor& b) {
  check_vectors("dot", a, b);
  detail::check_floating("dot", a);
  if (a.size() != b.size()) fail<ShapeError>("dot: lengths differ: {} and {}", a.shape(), b.shape());
  return matmul(a, b);
}

Tensor outer(const Tensor& a, const Tensor& b) {
  check_vectors("outer", a, b);
  if (!is_floating(a.dtype()) && a.dtype() != int64)
    fail<DtypeError>("outer: does not take {} (it takes float32, float64, int64)", a.dtype());
  return reshape(a, Shape{a.size(), 1}) * b;
}

Tensor trace(const Tensor& x) {
  if (x.rank() < 2) fail<ShapeError>("trace: takes matrices, got {}", x.shape());
  return sum(diagonal(x, 0, -2, -1), -1);
}

Tensor inverse(const Tensor& a) {
  detail::check_matrices("inverse", a, true);
  const Factors factors(a);
  factors.check_regular("inverse");
  return inverse_by(factors, a);
}

Tensor solve(const Tensor& a, const Tensor& b) {
  detail::check_dtypes("solve", a, b);
  detail::check_matrices("solve", a, true);
  const Tensor right = detail::right_side("solve", a, b);
  const Factors factors(a);
  factors.check_regular("solve");
  return detail::as_right_side(solve_by(factors, a, right, false), b);
}

std::vector<bool> detail::regular_matrices(const Tensor& a, bool clearly) {
  return Factors(a).regular(clearly ? std::sqrt(rounding_of(a)) : rounding_of(a));
}

// d det A = det A · tr(A⁻¹·dA) (Giles 2.2.4); det A · A⁻¹ is the adjugate, which a singular matrix has too.
Tensor det(const Tensor& a) {
  detail::check_matrices("det", a, true);
  const Factors factors(a);
  const Tensor y = Tensor::empty(detail::leading_axes(a), a.dtype());
  factors.each_diagonal([&]<class T>(std::int64_t matrix, const T* pivot, std::int64_t step) {
    detail::values<T>(y)[matrix] =
        static_cast<T>(factors.permutation_sign(matrix) * product_of(pivot, factors.size(), step));
  });
  return record("det", std::move(y),
                wrt(
                    a,
                    [factors](const Tensor& g, const Tensor& u, const Tensor& value) {
                      // det A · A⁻¹ loses its digits as A nears u singular matrix, its derivatives sooner.
                      const double epsilon = rounding_of(u), tolerance = is_recorded(u) ? std::sqrt(epsilon) : epsilon;
                      const std::vector<bool> regular = factors.regular(tolerance);
                      if (std::find(regular.begin(), regular.end(), false) != regular.end() || !all_in_range(value))
                        return as_matrices(g) * detail::matrix_transpose(detail::adjugate(u));
                      return as_matrices(g * value) * detail::matrix_transpose(inverse_by(factors, u));
                    },
                    a, Result{}));
}

// d ln|det A| = tr(A⁻¹·dA)
SignAndLog slogdet(const Tensor& a) {
  detail::check_matrices("slogdet", a, true);
  const Factors factors(a);
  const Tensor sign = Tensor::empty(detail::leading_axes(a), a.dtype());
  Tensor y = Tensor::empty_like(sign);
  factors.each_diagonal([&]<class T>(std::int64_t matrix, const T* pivot, std::int64_t step) {
    double side = factors.permutation_sign(matrix), log = 0;
    for (std::int64_t i = 0; i < factors.size(); ++i) {
      const auto value = static_cast<double>(pivot[i * step]);
      side *= value > 0 ? 1 : value < 0 ? -1 : value;  // 0, or NaN
      log += std::log(std::abs(value));
    }
    detail::values<T>(sign)[matrix] = static_cast<T>(side);
    detail::values<T>(y)[matrix] = static_cast<T>(log);
  });
  return {sign, record("slogdet", std::move(y),
                       wrt(
                           a,
                           [factors](const Tensor& g, const Tensor& u) {
                             return as_matrices(g) * detail::matrix_transpose(inverse_by(factors, u));
                           },
                           a))};
}

}  // namespace retrograd
