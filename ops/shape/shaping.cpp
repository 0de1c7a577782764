#include "shaping.h"

#include "../../core/base/error.h"
#include "../../core/compute/reduce.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/format.h"

namespace retrograd {

namespace {

// The same elements with axes of size 1 added or removed; the rule applies the op in reverse.
Tensor with_unit_axes(const char* op, const Tensor& x, const Shape& shape) {
  detail::write_out(x.body());
  const Strides steps = x.strides();
  Strides strides{};
  int from = 0;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] == 1) continue;
    while (x.shape()[from] == 1) ++from;
    strides[static_cast<std::size_t>(axis)] = steps[static_cast<std::size_t>(from++)];
  }
  return record(op, detail::make_view(x, shape, strides),
                wrt(x, [op, from_shape = x.shape()](const Tensor& g) { return with_unit_axes(op, g, from_shape); }));
}

Tensor squeezed(const Tensor& x, std::uint32_t mask) {
  return with_unit_axes("squeeze", x, detail::reduced_shape(x.shape(), mask, false));
}

}  // namespace

Tensor contiguous(const Tensor& x) { return x.is_contiguous() ? x : detail::copied(x); }

Tensor flatten(const Tensor& x, int start_axis, int end_axis) {
  if (x.rank() == 0) {
    detail::normal_axis("flatten", start_axis, 1), detail::normal_axis("flatten", end_axis, 1);
    return reshape(x, Shape{1});
  }
  const int start = detail::normal_axis("flatten", start_axis, x.rank()),
            end = detail::normal_axis("flatten", end_axis, x.rank());
  if (end < start)
    detail::fail<ShapeError>("flatten: axis {} comes before axis {} in {}", end_axis, start_axis, x.shape());
  Shape shape;
  for (int axis = 0; axis < x.rank(); ++axis)
    if (axis > start && axis <= end)
      shape[start] *= x.shape()[axis];
    else
      shape.push_back(x.shape()[axis]);
  return reshape(x, shape);
}

Tensor squeeze(const Tensor& x) {
  std::uint32_t mask = 0;
  for (int axis = 0; axis < x.rank(); ++axis)
    if (x.shape()[axis] == 1) mask |= 1u << axis;
  return squeezed(x, mask);
}

Tensor squeeze(const Tensor& x, const Axes& axes) {
  const std::uint32_t mask = axes.mask("squeeze", x.rank());
  for (int axis = 0; axis < x.rank(); ++axis)
    if ((mask >> axis & 1) && x.shape()[axis] != 1)
      detail::fail<ShapeError>("squeeze: axis {} of {} is not of size 1", axis, x.shape());
  return squeezed(x, mask);
}

Tensor expand_dims(const Tensor& x, int axis) {
  if (x.rank() == kMaxRank)
    detail::fail<ShapeError>("expand_dims: {} already has the maximum of {} axes", x.shape(), kMaxRank);
  const int own = detail::normal_axis("expand_dims", axis, x.rank() + 1);
  Shape shape;
  for (int from = 0; from <= x.rank(); ++from) {
    if (from == own) shape.push_back(1);
    if (from < x.rank()) shape.push_back(x.shape()[from]);
  }
  return with_unit_axes("expand_dims", x, shape);
}

}  // namespace retrograd
