#include "linalg.h"

#include "../../core/base/error.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/format.h"
#include "../elementwise/arithmetic.h"
#include "../reduction/reductions.h"
#include "../shape/views.h"
#include "factors.h"
#include "matmul.h"
#include "matrices.h"

namespace retrograd {

namespace {

void check_vectors(const char* op, const Tensor& a, const Tensor& b) {
  detail::check_dtypes(op, a, b);
  if (a.rank() != 1 || b.rank() != 1)
    fail<ShapeError>("{}: takes vectors, got {} and {}; matmul multiplies matrices", op, a.shape(), b.shape());
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
  const detail::Factors factors(a);
  factors.check_regular("inverse");
  return detail::inverse_by(factors, a);
}

Tensor solve(const Tensor& a, const Tensor& b) {
  detail::check_dtypes("solve", a, b);
  detail::check_matrices("solve", a, true);
  const Tensor right = detail::right_side("solve", a, b);
  const detail::Factors factors(a);
  factors.check_regular("solve");
  return detail::as_right_side(detail::solve_by(factors, a, right, false), b);
}

}  // namespace retrograd
