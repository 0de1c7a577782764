#include "views.h"

#include <algorithm>

#include "../core/creation.h"
#include "../core/error.h"
#include "../core/format.h"
#include "../core/tape.h"

namespace retrograd {

namespace {

using AxisOrder = std::array<int, kMaxRank>;

// The inverse of a permutation of axes is the rule of its op.
Tensor permuted(const Tensor& x, const AxisOrder& order) {
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

// The transpose of slice: g in its place among zeros.
Tensor unslice(const Tensor& g, const Shape& shape, int axis, std::int64_t begin) {
  const Tensor y = zeros(shape, g.dtype());
  Tensor window = detail::make_view(y, g.shape(), y.strides(), begin * y.strides()[static_cast<std::size_t>(axis)]);
  const Tensor from = detail::packed(g);
  std::int64_t inner = 1;
  for (int a = axis + 1; a < shape.rank(); ++a) inner *= shape[a];
  const std::int64_t run = g.shape()[axis] * inner, step = shape[axis] * inner;
  const std::size_t width = size_of(g.dtype());
  if (run > 0)
    for (std::int64_t i = 0; i < g.size() / run; ++i)
      std::copy_n(from.body().data + static_cast<std::size_t>(i * run) * width, static_cast<std::size_t>(run) * width,
                  window.body().data + static_cast<std::size_t>(i * step) * width);
  return record("unslice", y, wrt(g, [axis, begin, end = begin + g.shape()[axis]](const Tensor& gg) {
                  return slice(gg, axis, begin, end);
                }));
}

}  // namespace

Tensor transpose(const Tensor& x) {
  AxisOrder order{};
  for (int axis = 0; axis < x.rank(); ++axis) order[static_cast<std::size_t>(axis)] = x.rank() - 1 - axis;
  return permuted(x, order);
}

Tensor transpose(const Tensor& x, std::initializer_list<int> axes) {
  if (static_cast<int>(axes.size()) != x.rank())
    fail<ShapeError>("transpose: {} axes given for a tensor of shape {}", axes.size(), x.shape());
  AxisOrder order{};
  std::uint32_t seen = 0;
  std::size_t position = 0;
  for (int axis : axes) {
    const int own = normal_axis("transpose", axis, x.rank());
    if (seen >> own & 1) fail<ShapeError>("transpose: axis {} is given twice", axis);
    seen |= 1u << own;
    order[position++] = own;
  }
  return permuted(x, order);
}

Tensor slice(const Tensor& x, int axis, std::int64_t begin, std::int64_t end) {
  const int own = normal_axis("slice", axis, x.rank());
  const std::int64_t size = x.shape()[own];
  if (begin < 0 || begin > end || end > size)
    fail<ShapeError>("slice: [{}, {}) is not a range within axis {} of {}", begin, end, axis, x.shape());
  Shape shape = x.shape();
  shape[own] = end - begin;
  const Tensor y =
      detail::make_view(x, shape, x.strides(), size == 0 ? 0 : begin * x.strides()[static_cast<std::size_t>(own)]);
  return record("slice", y,
                wrt(x, [from = x.shape(), own, begin](const Tensor& g) { return unslice(g, from, own, begin); }));
}

}  // namespace retrograd
