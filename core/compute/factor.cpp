#include "factor.h"

#include "product.h"

namespace retrograd::detail {

namespace {
std::int64_t last_axis(const Tensor& x) { return x.shape()[x.rank() - 1]; }
// The number of matrices on the last two axes, given the number of elements of each.
std::int64_t count_of(const Tensor& x) {
  std::int64_t count = 1;
  for (int axis = 0; axis + 2 < x.rank(); ++axis) count *= x.shape()[axis];
  return count;
}
}  // namespace

LuFactors lu_factors(const Tensor& matrices) {
  const std::int64_t n = last_axis(matrices), count = count_of(matrices);
  LuFactors factors = {copy_values(matrices), Tensor::empty({count * n}, int64)};
  dispatch<float, double>(matrices.dtype(), [&]<class T>() {
    lu_factor(count, n, values<T>(factors.lu), values<std::int64_t>(factors.pivots));
  });
  return factors;
}

void lu_solve(const LuFactors& factors, BatchMap matrix, bool transposed, const Tensor& x) {
  dispatch<float, double>(x.dtype(), [&]<class T>() {
    lu_solve(count_of(x), last_axis(factors.lu), last_axis(x), factors.lu.data<T>(),
             factors.pivots.data<std::int64_t>(), matrix, transposed, values<T>(x));
  });
}

std::vector<double> diagonals_of(const Tensor& matrices) {
  const Tensor from = packed(matrices);
  const std::int64_t n = last_axis(matrices), count = count_of(matrices);
  std::vector<double> diagonals(static_cast<std::size_t>(count * n));
  dispatch<float, double>(matrices.dtype(), [&]<class T>() {
    const T* at = from.data<T>();
    for (std::int64_t i = 0; i < count * n; ++i)
      diagonals[static_cast<std::size_t>(i)] = static_cast<double>(at[i / n * n * n + i % n * (n + 1)]);
  });
  return diagonals;
}

std::vector<std::int64_t> cholesky_in_place(const Tensor& matrices) {
  const std::int64_t count = count_of(matrices);
  std::vector<std::int64_t> failed(static_cast<std::size_t>(count));
  dispatch<float, double>(matrices.dtype(), [&]<class T>() {
    cholesky_factor(count, last_axis(matrices), values<T>(matrices), failed.data());
  });
  return failed;
}

void solve_triangular_in_place(const Tensor& a, BatchMap offset, bool lower, const Tensor& x) {
  dispatch<float, double>(x.dtype(), [&]<class T>() {
    triangular_solve(count_of(x), last_axis(a), last_axis(x), matrix_of<T>(a), offset, lower, values<T>(x));
  });
}

}  // namespace retrograd::detail
