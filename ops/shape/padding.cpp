#include "padding.h"

#include <algorithm>

#include "../../core/base/error.h"
#include "../../core/tape/linear.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/format.h"
#include "views.h"

namespace retrograd {

Tensor pad(const Tensor& x, std::span<const Margin> margins, Scalar value) {
  if (static_cast<std::int64_t>(margins.size()) != x.rank())
    detail::fail<ShapeError>("pad: {} margins given for a tensor of shape {}", margins.size(), x.shape());
  std::array<std::int64_t, kMaxRank> sizes;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const auto [before, after] = margins[static_cast<std::size_t>(axis)];
    if (before < 0 || after < 0)
      detail::fail<ShapeError>("pad: margins cannot be negative, got {{{}, {}}} for axis {}", before, after, axis);
    std::int64_t& size = sizes[static_cast<std::size_t>(axis)] = x.shape()[axis];
    if (__builtin_add_overflow(size, before, &size) || __builtin_add_overflow(size, after, &size))
      detail::fail<ShapeError>("pad: axis {} of {} exceeds 64 bits", axis, x.shape());
  }
  const Shape shape(std::span(sizes.data(), static_cast<std::size_t>(x.rank())), "pad");
  detail::Layout at{detail::row_major(shape), 0};
  if (x.size() > 0)
    for (std::size_t axis = 0; axis < margins.size(); ++axis) at.offset += margins[axis].first * at.strides[axis];
  return detail::place("pad", x, shape, at, value);
}

Tensor pad(const Tensor& x, std::initializer_list<Margin> margins, Scalar value) {
  return pad(x, std::span(margins.begin(), margins.size()), value);
}

// The cotangent is rolled back.
Tensor roll(const Tensor& x, std::int64_t shift, int axis) {
  const int own = detail::normal_axis("roll", axis, x.rank());
  const std::int64_t size = x.shape()[own];
  if (x.size() == 0) return detail::copied(x);
  const std::int64_t forward = (shift % size + size) % size;
  Tensor y = Tensor::empty_like(x);
  Shape head = x.shape(), tail = x.shape();
  head[own] = size - forward;
  tail[own] = forward;
  const std::int64_t to = y.strides()[static_cast<std::size_t>(own)], from = x.strides()[static_cast<std::size_t>(own)];
  detail::write_view(detail::make_view(y, head, y.strides(), forward * to), detail::make_view(x, head, x.strides()));
  detail::write_view(detail::make_view(y, tail, y.strides()),
                     detail::make_view(x, tail, x.strides(), (size - forward) * from));
  return record("roll", std::move(y), wrt(x, [forward, own](const Tensor& g) { return roll(g, -forward, own); }));
}

namespace {

// x with each block of `inner` elements repeated `times` times, in the given shape. Broadcasting sums the cotangents.
Tensor repeated(const char* op, const Tensor& x, std::int64_t inner, std::int64_t times, const Shape& shape) {
  if (times == 1) return detail::copied(x);
  detail::check_bytes(op, shape, x.dtype());
  const std::int64_t outer = inner == 0 ? 0 : x.size() / inner;
  return reshape(broadcast_to(reshape(x, Shape{outer, 1, inner}), {outer, times, inner}), shape);
}

// The shape of x with one axis multiplied by `times`; ShapeError if that is negative or too large.
Shape grown(const char* op, const Shape& shape, int axis, std::int64_t times) {
  if (times < 0) detail::fail<ShapeError>("{}: the number of times cannot be negative, got {}", op, times);
  Shape out = shape;
  if (__builtin_mul_overflow(out[axis], times, &out[axis]))
    detail::fail<ShapeError>("{}: {} times axis {} of {} exceeds 64 bits", op, times, axis, shape);
  return Shape(std::span(out.begin(), out.end()), op);  // which checks the number of elements
}

std::int64_t elements_from(const Shape& shape, int axis) {
  std::int64_t count = 1;
  for (; axis < shape.rank(); ++axis) count *= shape[axis];
  return count;
}

}  // namespace

Tensor repeat(const Tensor& x, std::int64_t times, int axis) {
  const int own = detail::normal_axis("repeat", axis, x.rank());
  return repeated("repeat", x, elements_from(x.shape(), own + 1), times, grown("repeat", x.shape(), own, times));
}

Tensor tile(const Tensor& x, std::span<const std::int64_t> times) {
  if (times.size() > kMaxRank) detail::fail<ShapeError>("tile: at most {} axes, got {}", kMaxRank, times.size());
  Shape shape;  // of x, with the missing axes
  for (int missing = static_cast<int>(times.size()) - x.rank(); missing > 0; --missing) shape.push_back(1);
  for (std::int64_t size : x.shape()) shape.push_back(size);
  const int first = shape.rank() - static_cast<int>(times.size());
  Shape whole = shape;  // checked before any part of it is created
  for (std::size_t i = times.size(); i-- > 0;) whole = grown("tile", whole, first + static_cast<int>(i), times[i]);
  detail::check_bytes("tile", whole, x.dtype());
  Tensor y = shape == x.shape() ? x : reshape(x, shape);
  for (std::size_t i = times.size(); i-- > 0;) {  // innermost first, so that long blocks are copied last
    const int axis = first + static_cast<int>(i);
    if (times[i] != 1)
      y = repeated("tile", y, elements_from(y.shape(), axis), times[i], grown("tile", y.shape(), axis, times[i]));
  }
  return y.body().base == x.body().base ? detail::copied(y) : y;
}

Tensor tile(const Tensor& x, std::initializer_list<std::int64_t> times) {
  return tile(x, std::span(times.begin(), times.size()));
}

}  // namespace retrograd
