#include "linalg.h"

#include "../../core/base/error.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/format.h"
#include "../elementwise/arithmetic.h"
#include "../reduction/reductions.h"
#include "../shape/padding.h"
#include "../shape/views.h"
#include "factors.h"
#include "matmul.h"
#include "matrices.h"

namespace retrograd {

namespace {

void check_vectors(const char* op, const Tensor& a, const Tensor& b) {
  detail::check_dtypes(op, a, b);
  if (a.rank() != 1 || b.rank() != 1)
    detail::fail<ShapeError>("{}: expects vectors, got {} and {}; use matmul for matrices", op, a.shape(), b.shape());
}

}  // namespace

Tensor dot(const Tensor& a, const Tensor& b) {
  check_vectors("dot", a, b);
  detail::check_floating("dot", a);
  if (a.size() != b.size()) detail::fail<ShapeError>("dot: lengths differ: {} and {}", a.shape(), b.shape());
  return matmul(a, b);
}

// With d_i = a_i·b_(i+1) − a_(i+1)·b_i, indices modulo 3, (a × b)_i = d_(i+1).
Tensor cross(const Tensor& a, const Tensor& b, int axis) {
  detail::check_dtypes("cross", a, b);
  if (!is_floating(a.dtype()) && a.dtype() != int64)
    detail::fail<DtypeError>("cross: does not support {} (supported: float32, float64, int64)", a.dtype());
  const Shape shape = detail::broadcast_shapes("cross", a.shape(), b.shape());
  const int own = detail::normal_axis("cross", axis, shape.rank());
  const auto is_vector = [&](const Tensor& x) {
    const int at = own - (shape.rank() - x.rank());
    return at >= 0 && x.shape()[at] == 3;
  };
  if (!is_vector(a) || !is_vector(b))
    detail::fail<ShapeError>("cross: expects vectors of size 3 along axis {}, got {} and {}", axis, a.shape(),
                             b.shape());
  const int from_end = own - shape.rank();
  return roll(a * roll(b, -1, from_end) - roll(a, -1, from_end) * b, -1, from_end);
}

Tensor outer(const Tensor& a, const Tensor& b) {
  check_vectors("outer", a, b);
  if (!is_floating(a.dtype()) && a.dtype() != int64)
    detail::fail<DtypeError>("outer: does not support {} (supported: float32, float64, int64)", a.dtype());
  return reshape(a, Shape{a.size(), 1}) * b;
}

Tensor trace(const Tensor& x) {
  if (x.rank() < 2) detail::fail<ShapeError>("trace: expects matrices, got {}", x.shape());
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
