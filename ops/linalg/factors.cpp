#include "factors.h"

#include <algorithm>
#include <cmath>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/compute/factor.h"
#include "../../core/tape/linear.h"
#include "../../core/tape/record.h"
#include "../elementwise/arithmetic.h"
#include "matmul.h"
#include "product.h"

namespace retrograd::detail {

Factors::Factors(const Tensor& a)
    : factors_(lu_factors(a)), size_(a.shape()[a.rank() - 1]), diagonals_(diagonals_of(factors_.lu)) {}

double Factors::permutation_sign(std::int64_t matrix) const {
  const std::int64_t n = size(), *swaps = factors_.pivots.data<std::int64_t>() + matrix * n;
  double sign = 1;
  for (std::int64_t i = 0; i < n; ++i) sign = swaps[i] == i ? sign : -sign;
  return sign;
}

std::vector<bool> Factors::regular(double tolerance) const {
  std::vector<bool> list;
  for (std::int64_t matrix = 0; matrix < count(); ++matrix) {
    double smallest = size() == 0 ? 1 : INFINITY, largest = size() == 0 ? 1 : 0;
    bool are_numbers = true;
    for (const double pivot : diagonal(matrix)) {
      const double value = std::abs(pivot);
      smallest = std::min(smallest, value);
      largest = std::max(largest, value);
      are_numbers = are_numbers && std::isfinite(value);
    }
    list.push_back(are_numbers && smallest > tolerance * largest);
  }
  return list;
}

void Factors::check_regular(const char* op) const {
  for (std::int64_t matrix = 0; matrix < count(); ++matrix)
    for (std::int64_t i = 0; i < size(); ++i)
      if (diagonal(matrix)[static_cast<std::size_t>(i)] == 0)
        fail<LinalgError>("{}: {} is singular: pivot {} is 0", op, name_matrix(matrix, factors_.lu.shape()), i);
}

Tensor Factors::solve(const Tensor& b, const Shape& leading, bool transposed) const {
  const NoTape only_values;
  const Tensor x = copy_values(broadcast_to(b, with_matrix(leading, size(), b.shape()[b.rank() - 1])));
  lu_solve(factors_, MatrixNumber(factors_.lu, leading), transposed, x);
  return x;
}

// Y = A⁻¹: dY = −Y·dA·Y (Giles 2.2.3)
Tensor inverse_by(const Factors& factors, const Tensor& a) {
  Tensor y = factors.solve(eye(factors.size(), a.dtype()), leading_axes(a), false);
  return record("inverse", std::move(y),
                wrt(
                    a,
                    [](const Tensor& g, const Tensor& value) {
                      const Tensor yt = matrix_transpose(value);
                      return neg(matmul(matmul(yt, g), yt));
                    },
                    Result{}));
}

// X = A⁻¹·B: dX = A⁻¹·(dB − dA·X), so the cotangent of B is H = A⁻ᵀ·G and that of A is −H·Xᵀ (Giles 2.3.1). With Aᵀ in
// place of A it is −X·Hᵀ. The factors are reused for all orders.
Tensor solve_by(const Factors& factors, const Tensor& a, const Tensor& b, bool transposed) {
  Tensor x = factors.solve(b, broadcast_leading("solve", a, b), transposed);
  const Tensor inputs[] = {a, b};
  return record_joint(
      "solve", std::move(x), inputs,
      [factors, transposed](const Tensor& g, Cotangents& out, const Tensor& u, const Tensor& at) {
        const Tensor h = solve_by(factors, u, g, !transposed);
        if (out.wants(0)) {
          const Tensor &left = transposed ? at : h, &right = transposed ? h : at;
          out.give(0, neg(u.rank() == 2 ? sum_of_products(left, right) : matmul(left, matrix_transpose(right))));
        }
        if (out.wants(1)) out.give(1, h);
      },
      a, Result{});
}

// The rounding error of a pivot that should be 0, relative to the largest.
double rounding_of(const Tensor& a) {
  return 16 * static_cast<double>(a.shape()[a.rank() - 1]) * (a.dtype() == float32 ? 0x1p-23 : 0x1p-52);
}

std::vector<bool> regular_matrices(const Tensor& a, bool clearly) {
  return Factors(a).regular(clearly ? std::sqrt(rounding_of(a)) : rounding_of(a));
}

}  // namespace retrograd::detail
