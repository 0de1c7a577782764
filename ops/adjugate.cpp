#include "adjugate.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "../core/creation.h"
#include "../core/random.h"
#include "../core/tape.h"
#include "arithmetic.h"
#include "comparison.h"
#include "linalg.h"
#include "matmul.h"
#include "matrices.h"
#include "views.h"

namespace retrograd::detail {

namespace {

// A constant made element by element.
template <class F>
Tensor made(const Shape& shape, Dtype dtype, F value) {
  std::vector<double> values(static_cast<std::size_t>(shape.size()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = value(static_cast<std::int64_t>(i));
  return tensor(values, shape, dtype);
}

// M = (A u; uᵀ 0) for each matrix, u a vector of its size in no particular direction: M is regular where A has rank
// n − 1 or more, unless u stands at a right angle to what A misses.
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
  return matmul(matmul(widen, a), turned(widen)) +
         tensor(border, with_matrix(leading_axes(a), n + 1, n + 1), a.dtype());
}

// adj(A)ⱼᵢ = (−1)^(i+j) · det(A without row i and column j)
Tensor by_minors(const Tensor& a) {
  const std::int64_t n = a.shape()[a.rank() - 1], count = matrices_in(a);
  // skip[i] takes all rows but row i.
  const Tensor skip = made({n, n - 1, n}, a.dtype(), [n](std::int64_t e) {
    const std::int64_t i = e / (n * (n - 1)), row = e / n % (n - 1);
    return e % n == (row < i ? row : row + 1);
  });
  const Tensor signs = made({n, n}, a.dtype(), [n](std::int64_t e) { return (e / n + e % n) % 2 == 0 ? 1 : -1; });
  const Tensor rows = matmul(reshape(skip, Shape{n, 1, n - 1, n}), reshape(a, Shape{count, 1, 1, n, n}));
  return reshape(turned(det(matmul(rows, turned(skip))) * signs), a.shape());
}

}  // namespace

// With (X y; zᵀ w) = M⁻¹, Jacobi's identity of complementary minors says det A = det M · w and
// adj A = det M · (w·X − y·zᵀ), whether A is regular or not.
Tensor adjugate(const Tensor& a) {
  const int rank = a.rank();
  const std::int64_t n = a.shape()[rank - 1];
  if (n == 1) return ones_like(a);
  Tensor m = bordered(a);
  Tensor determinant = reshape(det(m), with_matrix(leading_axes(a), 1, 1));
  const std::vector<bool> list = regular_matrices(detach(m));
  const bool all = std::find(list.begin(), list.end(), false) == list.end();
  if (!all && is_recorded(a)) return by_minors(a);
  if (!all) {  // only the value is asked for: 0, or NaN
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

}  // namespace retrograd::detail
