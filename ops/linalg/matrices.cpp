#include "matrices.h"

#include <algorithm>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/format.h"
#include "../../core/tensor/walk.h"
#include "../shape/views.h"

namespace retrograd::detail {

void check_matrices(const char* op, const Tensor& x, bool square) {
  check_floating(op, x);
  if (x.rank() < 2 || (square && x.shape()[x.rank() - 1] != x.shape()[x.rank() - 2]))
    fail<ShapeError>("{}: expects {}, got {}", op, square ? "square matrices" : "matrices", x.shape());
}

Shape leading_axes(const Tensor& x) {
  return Shape(std::span(x.shape().begin(), static_cast<std::size_t>(x.rank() - 2)));
}

Shape with_matrix(const Shape& leading, std::int64_t rows, std::int64_t columns) {
  Shape shape = leading;
  shape.push_back(rows);
  shape.push_back(columns);
  return shape;
}

Shape broadcast_leading(const char* op, const Tensor& a, const Tensor& b) {
  const Shape p = leading_axes(a), q = leading_axes(b);
  for (int from_end = 1; from_end <= std::min(p.rank(), q.rank()); ++from_end) {
    const std::int64_t size_a = p[p.rank() - from_end], size_b = q[q.rank() - from_end];
    if (size_a != size_b && size_a != 1 && size_b != 1)
      fail<ShapeError>("{}: leading axes do not broadcast: {} x {}", op, a.shape(), b.shape());
  }
  return broadcast_shapes(op, p, q);
}

std::string name_matrix(std::int64_t number, const Shape& shape) {
  const int axes = shape.rank() - 2;
  if (axes == 0) return "the matrix";
  if (axes == 1) return fmt::format("matrix {} of {}", number, shape);
  Shape index(std::span(shape.begin(), static_cast<std::size_t>(axes)));
  for (int axis = axes - 1; axis >= 0; --axis) {
    index[axis] = number % shape[axis];
    number /= shape[axis];
  }
  return fmt::format("matrix {} of {}", index, shape);
}

Tensor right_side(const char* op, const Tensor& a, const Tensor& b) {
  const std::int64_t n = a.shape()[a.rank() - 1];
  if (b.rank() == 0 || b.shape()[b.rank() == 1 ? 0 : b.rank() - 2] != n)
    fail<ShapeError>("{}: the right-hand side {} does not fit matrices {}", op, b.shape(), a.shape());
  Tensor columns = b.rank() == 1 ? reshape(b, Shape{n, 1}) : b;
  broadcast_leading(op, a, columns);
  return columns;
}

Tensor as_right_side(const Tensor& x, const Tensor& b) {
  if (b.rank() > 1) return x;
  return reshape(x, Shape(std::span(x.shape().begin(), static_cast<std::size_t>(x.rank() - 1))));
}

MatrixOffset::MatrixOffset(const Tensor& x, const Shape& leading, const Strides& strides) : leading_(leading) {
  const Shape own = leading_axes(x);
  const int shift = leading.rank() - own.rank();
  for (int axis = 0; axis < own.rank(); ++axis)
    strides_[static_cast<std::size_t>(axis + shift)] = own[axis] == 1 ? 0 : strides[static_cast<std::size_t>(axis)];
}

std::int64_t MatrixOffset::operator()(std::int64_t i) const {
  std::int64_t offset = 0;
  for (int axis = leading_.rank() - 1; axis >= 0; --axis) {
    offset += i % leading_[axis] * strides_[static_cast<std::size_t>(axis)];
    i /= leading_[axis];
  }
  return offset;
}

Tensor side_by_side(const Tensor& x) {
  const int rank = x.rank();
  if (rank == 2) return x;
  return reshape(moveaxis(x, rank - 2, 0), Shape{x.shape()[rank - 2], matrices_in(x) * x.shape()[rank - 1]});
}

}  // namespace retrograd::detail
