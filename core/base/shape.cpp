#include "shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "error.h"

namespace retrograd {

Shape::Shape(std::span<const std::int64_t> sizes, const char* op) {
  if (sizes.size() > kMaxRank) detail::fail<ShapeError>("{}: at most {} axes, got {}", op, kMaxRank, sizes.size());
  std::int64_t product = 1;
  for (std::int64_t size : sizes) {
    if (size < 0) detail::fail<ShapeError>("{}: sizes cannot be negative, got ({})", op, detail::joined(sizes));
    // Sizes of 0 count as 1, so that strides and partial products cannot overflow either.
    if (__builtin_mul_overflow(product, size == 0 ? 1 : size, &product))
      detail::fail<ShapeError>("{}: ({}) has more elements than fit in 64 bits", op, detail::joined(sizes));
    sizes_[static_cast<std::size_t>(rank_++)] = size;
  }
}

void Shape::push_back(std::int64_t size) {
  if (rank_ == kMaxRank) detail::fail<ShapeError>("shape: at most {} axes", kMaxRank);
  sizes_[static_cast<std::size_t>(rank_++)] = size;
}

Shape detail::broadcast_shapes(const char* op, const Shape& a, const Shape& b) {
  if (!detail::broadcast_together(a, b)) detail::fail<ShapeError>("{}: shapes do not broadcast: {} and {}", op, a, b);
  Shape out = a.rank() >= b.rank() ? a : b;
  const int shift_a = out.rank() - a.rank(), shift_b = out.rank() - b.rank();
  for (int axis = 0; axis < out.rank(); ++axis) {
    const std::int64_t size_a = axis < shift_a ? 1 : a[axis - shift_a], size_b = axis < shift_b ? 1 : b[axis - shift_b];
    out[axis] = size_a == 1 ? size_b : size_a;
  }
  return Shape(std::span(out.begin(), out.end()), op);  // which checks the number of elements
}

bool detail::broadcast_together(const Shape& a, const Shape& b) {
  for (int from_end = 1; from_end <= a.rank() && from_end <= b.rank(); ++from_end) {
    const std::int64_t size_a = a[a.rank() - from_end], size_b = b[b.rank() - from_end];
    if (size_a != size_b && size_a != 1 && size_b != 1) return false;
  }
  return true;
}

bool detail::broadcasts_to(const Shape& from, const Shape& to) {
  const int shift = to.rank() - from.rank();
  if (shift < 0) return false;
  for (int axis = 0; axis < from.rank(); ++axis)
    if (from[axis] != 1 && from[axis] != to[axis + shift]) return false;
  return true;
}

int detail::normal_axis(const char* op, int axis, int rank) {
  if (axis < -rank || axis >= rank) detail::fail<ShapeError>("{}: axis {} is out of range for {} axes", op, axis, rank);
  return axis < 0 ? axis + rank : axis;
}

Axes::Axes(std::initializer_list<int> axes) : all_(false), count_(static_cast<int>(axes.size())) {
  if (axes.size() > kMaxRank) detail::fail<ShapeError>("axes: at most {}, got {}", kMaxRank, axes.size());
  std::copy(axes.begin(), axes.end(), axes_.begin());
}

std::uint32_t Axes::mask(const char* op, int rank) const {
  if (all_) return (1u << rank) - 1;
  std::uint32_t mask = 0;
  for (int i = 0; i < count_; ++i) {
    const std::uint32_t bit = 1u << detail::normal_axis(op, axes_[static_cast<std::size_t>(i)], rank);
    if (mask & bit) detail::fail<ShapeError>("{}: axis {} is given twice", op, axes_[static_cast<std::size_t>(i)]);
    mask |= bit;
  }
  return mask;
}

std::string to_string(const Shape& shape) {
  if (shape.rank() == 1) return fmt::format("({},)", shape[0]);
  return fmt::format("({})", detail::joined({shape.begin(), shape.end()}));
}

std::string detail::described(const Shape& shape, const std::string* label) {
  return label ? fmt::format("\"{}\" {}", *label, shape) : to_string(shape);
}

std::ostream& operator<<(std::ostream& stream, const Shape& shape) { return stream << to_string(shape); }

}  // namespace retrograd
