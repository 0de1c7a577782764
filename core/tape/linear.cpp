#include "linear.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "../base/error.h"
#include "../compute/copy.h"
#include "../compute/creation.h"
#include "../compute/reduce.h"
#include "../compute/zip.h"
#include "../kernels/arithmetic.h"
#include "../kernels/reductions.h"
#include "../tensor/check.h"
#include "record.h"

namespace retrograd {

namespace {

const detail::ArithmeticKernels& kernels() { return detail::arithmetic_kernels(); }

// The rule of ops that leave values unchanged. The engine sums the cotangent down to the shape of a broadcast input.
struct Pass {
  Tensor operator()(Tensor g) const { return g; }
};

}  // namespace

// y = a + b
Tensor add(const Operand& left, const Operand& right) {
  const detail::OperandPair in("add", left, right);
  return record("add", detail::zip_reusing("add", kernels().add, in.a, in.b, detail::reusable(in)), wrt(in.a, Pass()),
                wrt(in.b, Pass()));
}

void detail::add_into(Tensor& into, const Tensor& x) { zip_into("add", kernels().add, into, x); }
void detail::scale_into(Tensor& into, const Tensor& factor) { zip_into("scaled", kernels().mul, into, factor); }

Tensor broadcast_to(const Tensor& x, const Shape& shape) {
  if (!detail::broadcasts_to(x.shape(), shape))
    detail::fail<ShapeError>("broadcast_to: {} does not broadcast to {}", x.shape(), shape);
  detail::write_out(x.body());
  Strides strides;
  const int shift = shape.rank() - x.rank();
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const bool own = axis >= shift && x.shape()[axis - shift] != 1;
    strides[static_cast<std::size_t>(axis)] = own ? x.strides()[static_cast<std::size_t>(axis - shift)] : 0;
  }
  return record("broadcast_to", detail::make_view(x, shape, strides), wrt(x, Pass()));
}

Tensor sum_to(const Tensor& x, const Shape& shape) {
  if (!detail::broadcasts_to(shape, x.shape()))
    detail::fail<ShapeError>("sum_to: {} does not broadcast to {}", shape, x.shape());
  std::uint32_t mask = 0;
  const int shift = x.rank() - shape.rank();
  for (int axis = 0; axis < x.rank(); ++axis)
    if (axis < shift || (shape[axis - shift] == 1 && x.shape()[axis] != 1)) mask |= 1u << axis;
  const Tensor folded = detail::reduce("sum", detail::reduction_kernels().sum, x, mask, true);
  const Tensor y = detail::make_view(folded, shape, detail::row_major(shape));
  return record("sum_to", y, wrt(x, [full_shape = x.shape()](const Tensor& g) { return broadcast_to(g, full_shape); }));
}

Tensor reshape(const Tensor& x, const Shape& shape) {
  if (shape.size() != x.size())
    detail::fail<ShapeError>("reshape: {} has {} elements, {} has {}", x.shape(), x.size(), shape, shape.size());
  detail::write_out(x.body());
  const Tensor values = detail::packed(x);
  return record("reshape", detail::make_view(values, shape, detail::row_major(shape)),
                wrt(x, [from = x.shape()](const Tensor& g) { return reshape(g, from); }));
}

Tensor reshape(const Tensor& x, std::initializer_list<std::int64_t> sizes) {
  std::int64_t known = 1;
  int unknown = 0;
  bool overflows = false;
  for (const std::int64_t size : sizes) {
    if (size == -1)
      ++unknown;
    else
      overflows = __builtin_mul_overflow(known, size, &known) || overflows;
  }
  if (unknown == 0) return reshape(x, Shape(sizes));
  if (unknown > 1 || overflows || known <= 0 || x.size() % known != 0)
    detail::fail<ShapeError>("reshape: {} does not fit ({})", x.shape(), fmt::join(sizes, ", "));
  std::vector<std::int64_t> filled(sizes);
  for (std::int64_t& size : filled)
    if (size == -1) size = x.size() / known;
  return reshape(x, Shape(filled));
}

Tensor stack(std::span<const Tensor> xs) {
  if (xs.empty()) detail::fail<ShapeError>("stack: needs at least one tensor");
  const Shape& row = xs[0].shape();
  const Dtype dtype = xs[0].dtype();
  if (row.rank() == kMaxRank) detail::fail<ShapeError>("stack: {} already has the maximum of {} axes", row, kMaxRank);
  Shape shape{static_cast<std::int64_t>(xs.size())};
  for (std::int64_t size : row) shape.push_back(size);
  const Tensor y = detail::empty_for("stack", Shape(std::span(shape.begin(), shape.end()), "stack"), dtype);
  for (const Tensor& x : xs) {
    if (!(x.shape() == row)) detail::fail<ShapeError>("stack: shapes differ: {} and {}", row, x.shape());
    detail::check_dtypes("stack", xs[0], x);
  }
  const std::size_t bytes = static_cast<std::size_t>(xs[0].size()) * size_of(dtype);
  constexpr std::size_t kFew = 4096;
  for (std::size_t i = 0; bytes > 0 && i < xs.size(); ++i) {
    if (bytes <= kFew && xs[i].is_contiguous())
      std::memcpy(y.body().data + i * bytes, xs[i].body().data, bytes);
    else
      detail::write_view(detail::make_view(y, row, detail::row_major(row), static_cast<std::int64_t>(i) * xs[0].size()),
                         xs[i]);
  }
  return record_joint("stack", y, xs, [count = xs.size()](const Tensor& g, Cotangents& out) {
    for (std::size_t i = 0; i < count; ++i)
      if (out.wants(i)) out.give(i, unstack(g, static_cast<std::int64_t>(i)));
  });
}

namespace detail {

namespace {
// The window at this position of x, which is packed if it is not row-major.
Tensor window_at(const Tensor& x, const Shape& shape, const Layout& at) {
  return record("window", make_view(packed(x), shape, at.strides, at.offset),
                wrt(x, [shape = x.shape(), at](const Tensor& g) { return Placed(g, shape, at); }));
}
}  // namespace

Tensor place(const char* op, const Tensor& x, const Shape& shape, const Layout& at, Scalar fill) {
  Tensor y = filled(op, shape, fill, x.dtype());
  write_view(make_view(y, x.shape(), at.strides, at.offset), x);
  return record(op, std::move(y),
                wrt(x, [window = x.shape(), at](const Tensor& g) { return window_at(g, window, at); }));
}

Tensor Placed::value() { return place("place", g_, shape_, at_); }

bool Placed::add_to(Tensor& sum) {
  if (!(sum.shape() == shape_) || sum.dtype() != g_.dtype()) return false;
  add_to_view(make_view(sum, g_.shape(), at_.strides, at_.offset), g_);
  return true;
}

}  // namespace detail

Tensor unstack(const Tensor& x, std::int64_t i) {
  if (x.rank() == 0) detail::fail<ShapeError>("unstack: a scalar has no axis to take from");
  const std::int64_t count = x.shape()[0];
  if (i < 0 || i >= count) detail::fail<ShapeError>("unstack: index {} is out of range for {}", i, x.shape());
  return detail::window("unstack", x, detail::reduced_shape(x.shape(), 1, false), [i](const Strides& steps) {
    detail::Layout layout{{}, i * steps[0]};
    std::copy(steps.begin() + 1, steps.end(), layout.strides.begin());
    return layout;
  });
}

// y = c·x
Tensor scaled(const Tensor& x, double factor) {
  detail::check_floating("scaled", x);
  Tensor y = detail::zip("scaled", kernels().mul, x, Operand(factor).as("scaled", x.dtype()));
  return record("scaled", y, wrt(x, [factor](const Tensor& g) { return scaled(g, factor); }));
}

Tensor detach(const Tensor& x) {
  detail::write_out(x.body());
  return detail::make_view(x, x.shape(), x.strides());
}

Tensor detail::copied(const Tensor& x) { return record("copy", copy_values(x), wrt(x, Pass())); }

Tensor alias(const Tensor& x) { return record("alias", detach(x), wrt(x, Pass())); }

Tensor Tensor::at(std::span<const Index> indices) const {
  const Tensor& x = *this;
  if (static_cast<std::int64_t>(indices.size()) > x.rank())
    detail::fail<ShapeError>("index: {} indices given for a tensor of shape {}", indices.size(), x.shape());
  Shape shape;
  std::array<Range, kMaxRank> ranges;
  std::uint32_t kept = 0;  // the axes that are kept
  for (int axis = 0; axis < x.rank(); ++axis) {
    const auto a = static_cast<std::size_t>(axis);
    const std::int64_t size = x.shape()[axis];
    const Index index = a < indices.size() ? indices[a] : Index(range());
    const auto from_end = [size](std::int64_t place) { return place < 0 ? place + size : place; };
    Range& own = ranges[a] = index.range();
    own.begin = from_end(own.begin);
    if (!index.is_range()) {
      if (own.begin < 0 || own.begin >= size)
        detail::fail<ShapeError>("index: {} is out of range for axis {} of {}", index.place(), axis, x.shape());
      continue;
    }
    own.end = own.end == Range::kToEnd ? size : from_end(own.end);
    if (own.begin < 0 || own.begin > own.end || own.end > size)
      detail::fail<ShapeError>("index: [{}, {}) is not a range within axis {} of {}", index.range().begin,
                               index.range().end == Range::kToEnd ? "the end" : std::to_string(index.range().end), axis,
                               x.shape());
    if (own.step < 1) detail::fail<ShapeError>("index: the step of a range must be at least 1, got {}", own.step);
    kept |= 1u << axis;
    shape.push_back(detail::places_in(own.begin, own.end, own.step));
  }
  return detail::window("index", x, shape, [&](const Strides& steps) {
    detail::Layout layout;
    int out = 0;
    for (std::size_t a = 0; a < static_cast<std::size_t>(x.rank()); ++a) {
      layout.offset += ranges[a].begin * steps[a];
      if (!(kept >> a & 1)) continue;
      layout.strides[static_cast<std::size_t>(out)] = shape[out] > 1 ? steps[a] * ranges[a].step : steps[a];
      ++out;
    }
    if (shape.size() == 0) layout.offset = 0;
    return layout;
  });
}

Tensor Tensor::operator[](const Index& index) const { return at({&index, 1}); }

}  // namespace retrograd
