#include "views.h"

#include <algorithm>
#include <utility>

#include "../../core/base/error.h"
#include "../../core/tape/linear.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/format.h"

namespace retrograd {

namespace {

using AxisOrder = std::array<int, kMaxRank>;

// The rule is the inverse permutation.
Tensor permuted(const Tensor& x, const AxisOrder& order) {
  detail::write_out(x.body());
  Shape shape = x.shape();
  Strides strides;
  AxisOrder inverse{};
  for (int axis = 0; axis < x.rank(); ++axis) {
    const auto from = static_cast<std::size_t>(order[static_cast<std::size_t>(axis)]);
    shape[axis] = x.shape()[static_cast<int>(from)];
    strides[static_cast<std::size_t>(axis)] = x.strides()[from];
    inverse[from] = axis;
  }
  return record("transpose", detail::make_view(x, shape, strides),
                wrt(x, [inverse](const Tensor& g) { return permuted(g, inverse); }));
}

}  // namespace

Tensor transpose(const Tensor& x) {
  AxisOrder order{};
  for (int axis = 0; axis < x.rank(); ++axis) order[static_cast<std::size_t>(axis)] = x.rank() - 1 - axis;
  return permuted(x, order);
}

Tensor transpose(const Tensor& x, std::initializer_list<int> axes) {
  return transpose(x, std::span(axes.begin(), axes.size()));
}

Tensor transpose(const Tensor& x, std::span<const int> axes) {
  if (static_cast<int>(axes.size()) != x.rank())
    detail::fail<ShapeError>("transpose: {} axes given for a tensor of shape {}", axes.size(), x.shape());
  AxisOrder order{};
  std::uint32_t seen = 0;
  std::size_t position = 0;
  for (int axis : axes) {
    const int own = detail::normal_axis("transpose", axis, x.rank());
    if (seen >> own & 1) detail::fail<ShapeError>("transpose: axis {} is given twice", axis);
    seen |= 1u << own;
    order[position++] = own;
  }
  return permuted(x, order);
}

namespace {
AxisOrder in_order() {
  AxisOrder order{};
  for (int axis = 0; axis < kMaxRank; ++axis) order[static_cast<std::size_t>(axis)] = axis;
  return order;
}
}  // namespace

Tensor swapaxes(const Tensor& x, int a, int b) {
  AxisOrder order = in_order();
  std::swap(order[static_cast<std::size_t>(detail::normal_axis("swapaxes", a, x.rank()))],
            order[static_cast<std::size_t>(detail::normal_axis("swapaxes", b, x.rank()))]);
  return permuted(x, order);
}

Tensor moveaxis(const Tensor& x, int from, int to) {
  AxisOrder order = in_order();
  const auto source = order.begin() + detail::normal_axis("moveaxis", from, x.rank());
  const auto target = order.begin() + detail::normal_axis("moveaxis", to, x.rank());
  if (source < target)
    std::rotate(source, source + 1, target + 1);
  else
    std::rotate(target, source, source + 1);
  return permuted(x, order);
}

Tensor slice(const Tensor& x, int axis, std::int64_t begin, std::int64_t end, std::int64_t step) {
  const int own = detail::normal_axis("slice", axis, x.rank());
  if (begin < 0 || begin > end || end > x.shape()[own])
    detail::fail<ShapeError>("slice: [{}, {}) is not a range within axis {} of {}", begin, end, axis, x.shape());
  if (step < 1) detail::fail<ShapeError>("slice: the step must be at least 1, got {}", step);
  Shape shape = x.shape();
  shape[own] = detail::places_in(begin, end, step);
  return detail::window("slice", x, shape, [&](const Strides& steps) {
    detail::Layout at{steps, 0};
    std::int64_t& along = at.strides[static_cast<std::size_t>(own)];
    if (shape.size() > 0) at.offset = begin * along;
    if (shape[own] > 1) along *= step;
    return at;
  });
}

Tensor flip(const Tensor& x, const Axes& axes) {
  const std::uint32_t mask = axes.mask("flip", x.rank());
  return detail::window("flip", x, x.shape(), [&](const Strides& steps) {
    detail::Layout at{steps, 0};
    for (int axis = 0; axis < x.rank(); ++axis) {
      if (!(mask >> axis & 1) || x.size() == 0) continue;
      std::int64_t& along = at.strides[static_cast<std::size_t>(axis)];
      at.offset += (x.shape()[axis] - 1) * along;
      along = -along;
    }
    return at;
  });
}

Tensor diagonal(const Tensor& x, std::int64_t offset, int axis1, int axis2) {
  const int down = detail::normal_axis("diagonal", axis1, x.rank()),
            along = detail::normal_axis("diagonal", axis2, x.rank());
  if (down == along) detail::fail<ShapeError>("diagonal: axes {} and {} of {} are the same", axis1, axis2, x.shape());
  // The first element, with the offset clamped to the axis that it exceeds.
  const std::int64_t rows = x.shape()[down], columns = x.shape()[along];
  const std::int64_t row = offset < 0 ? -std::max(offset, -rows) : 0,
                     column = std::clamp<std::int64_t>(offset, 0, columns);
  Shape shape;
  for (int axis = 0; axis < x.rank(); ++axis)
    if (axis != down && axis != along) shape.push_back(x.shape()[axis]);
  shape.push_back(std::min(rows - row, columns - column));
  return detail::window("diagonal", x, shape, [&](const Strides& steps) {
    const std::int64_t down_step = steps[static_cast<std::size_t>(down)],
                       along_step = steps[static_cast<std::size_t>(along)];
    detail::Layout at;
    std::size_t out = 0;
    for (int axis = 0; axis < x.rank(); ++axis)
      if (axis != down && axis != along) at.strides[out++] = steps[static_cast<std::size_t>(axis)];
    at.strides[out] = down_step + along_step;
    if (shape.size() > 0) at.offset = row * down_step + column * along_step;
    return at;
  });
}

}  // namespace retrograd
