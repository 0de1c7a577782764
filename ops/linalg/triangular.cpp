#include "triangular.h"

#include <algorithm>
#include <vector>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/compute/factor.h"
#include "../../core/compute/product.h"
#include "../../core/compute/rows.h"
#include "../../core/kernels/triangle.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/fields.h"
#include "../../core/tensor/format.h"
#include "../elementwise/arithmetic.h"
#include "../shape/views.h"
#include "matmul.h"
#include "matrices.h"
#include "product.h"

namespace retrograd {

namespace {

// Keeps elements where column − row is at most k (lower) or at least k. The op is its own transpose.
Tensor triangle(const char* op, const Tensor& x, std::int64_t k, bool is_lower) {
  if (x.rank() < 2) detail::fail<ShapeError>("{}: needs matrices, got shape {}", op, x.shape());
  const std::int64_t rows = x.shape()[x.rank() - 2], columns = x.shape()[x.rank() - 1];
  k = std::clamp(k, -rows - 1, columns + 1);  // beyond these limits nothing changes
  Tensor y = Tensor::empty_like(x);
  const auto kernel = detail::kernel_for(op, detail::triangle_kernels().triangle, x.dtype());
  if (x.size() > 0)
    detail::run_rows({x.size() / columns, columns}, kernel, detail::packed(x), y, rows, columns, k, is_lower);
  return record(op, std::move(y), wrt(x, [op, k, is_lower](const Tensor& g) { return triangle(op, g, k, is_lower); }));
}

}  // namespace

Tensor tril(const Tensor& x, std::int64_t k) { return triangle("tril", x, k, true); }
Tensor triu(const Tensor& x, std::int64_t k) { return triangle("triu", x, k, false); }

namespace {

Tensor triangle(const Tensor& x, bool lower) { return lower ? tril(x) : triu(x); }

// Φ (Murray 2016): the lower triangle with half the diagonal.
Tensor lower_half(const Tensor& x) { return tril(x) * (1 - 0.5 * eye(x.shape()[x.rank() - 1], x.dtype())); }

// A·X = B, dX = A⁻¹·(dB − dA·X): the cotangent of B is H = A⁻ᵀ·G, that of A the triangle of −H·Xᵀ.
Tensor solve_matrices(const Tensor& a, const Tensor& b, bool lower) {
  const Shape leading = detail::broadcast_leading("solve_triangular", a, b);
  const std::int64_t n = a.shape()[a.rank() - 1], k = b.shape()[b.rank() - 1];
  Tensor x;
  {
    const NoTape only_values;
    x = detail::copy_values(broadcast_to(b, detail::with_matrix(leading, n, k)));
  }
  const Tensor factor = detail::blas_readable(a);
  const detail::MatrixOffset offset(factor, leading);
  detail::solve_triangular_in_place(factor, offset, lower, x);
  const Tensor inputs[] = {a, b};
  return record_joint(
      "solve_triangular", std::move(x), inputs,
      [lower](const Tensor& g, Cotangents& out, const Tensor& u, const Tensor& at) {
        const Tensor h = solve_matrices(detail::matrix_transpose(u), g, !lower);
        if (out.wants(0)) {
          const Tensor product =
              u.rank() == 2 ? detail::sum_of_products(h, at) : matmul(h, detail::matrix_transpose(at));
          out.give(0, neg(triangle(product, lower)));
        }
        if (out.wants(1)) out.give(1, h);
      },
      a, Result{});
}

void check_diagonals(const Tensor& a) {
  const std::int64_t n = a.shape()[a.rank() - 1];
  const std::vector<double> diagonals = detail::diagonals_of(a);
  for (std::size_t i = 0; i < diagonals.size(); ++i)
    if (diagonals[i] == 0)
      detail::fail<LinalgError>("solve_triangular: {} is singular: element {} of its diagonal is 0",
                                detail::name_matrix(static_cast<std::int64_t>(i) / n, a.shape()),
                                static_cast<std::int64_t>(i) % n);
}

}  // namespace

Tensor solve_triangular(const Tensor& a, const Tensor& b, bool lower) {
  detail::check_dtypes("solve_triangular", a, b);
  detail::check_matrices("solve_triangular", a, true);
  const Tensor right = detail::right_side("solve_triangular", a, b);
  check_diagonals(a);
  return detail::as_right_side(solve_matrices(a, right, lower), b);
}

// dL = L·Φ(L⁻¹·dΣ·L⁻ᵀ), so the cotangent of Σ is Φ(L⁻ᵀ·(P + Pᵀ)·L⁻¹) with P = Φ(Lᵀ·G).
Tensor cholesky(const Tensor& x) {
  detail::check_matrices("cholesky", x, true);
  const std::int64_t count = detail::matrices_in(x);
  Tensor y = detail::copy_values(x);
  const std::vector<std::int64_t> failed = detail::cholesky_in_place(y);
  for (std::int64_t i = 0; i < count; ++i)
    if (const std::int64_t pivot = failed[static_cast<std::size_t>(i)]; pivot >= 0)
      detail::fail<LinalgError>("cholesky: {} is not positive definite: pivot {} is not positive",
                                detail::name_matrix(i, x.shape()), pivot);
  return record(
      "cholesky", std::move(y),
      wrt(
          x,
          [](const Tensor& g, const Tensor& value) {
            const Tensor transposed = detail::matrix_transpose(value);
            const Tensor p = lower_half(matmul(transposed, tril(g)));
            const Tensor left = solve_matrices(transposed, p + detail::matrix_transpose(p), false);  // L⁻ᵀ·(P + Pᵀ)
            return lower_half(solve_matrices(transposed, detail::matrix_transpose(left), false));  // symmetric
          },
          Result{}));
}

}  // namespace retrograd
