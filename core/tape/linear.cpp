#include "linear.h"

#include <algorithm>
#include <cstring>

#include "../base/error.h"
#include "../compute/reduce.h"
#include "../compute/zip.h"
#include "../kernels/arithmetic.h"
#include "../kernels/reductions.h"
#include "../tensor/check.h"
#include "../tensor/format.h"
#include "tape.h"
#include "windows.h"

namespace retrograd {

namespace {

const detail::ArithmeticKernels& kernels() { return detail::arithmetic_kernels(); }

// The rule of a sum: the cotangent passes through.
struct Pass {
  Tensor operator()(Tensor g) const { return g; }
  bool accumulate(const Tensor& g, Tensor& into) const {
    const bool fits = g.shape() == into.shape();
    if (fits) detail::add_into(into, g);
    return fits;
  }
};

}  // namespace

// y = a + b
Tensor add(const Operand& left, const Operand& right) {
  const detail::OperandPair in("add", left, right);
  if (!is_recorded(in.a, in.b)) return detail::zip_reusing("add", kernels().add, in);
  return record("add", detail::zip("add", kernels().add, in.a, in.b), wrt(in.a, Pass()), wrt(in.b, Pass()));
}

void detail::add_into(Tensor& into, const Tensor& x) { zip_into("add", kernels().add, into, x); }
void detail::scale_into(Tensor& into, const Tensor& factor) { zip_into("scaled", kernels().mul, into, factor); }

Tensor broadcast_to(const Tensor& x, const Shape& shape) {
  if (!broadcasts_to(x.shape(), shape)) fail<ShapeError>("broadcast_to: {} does not broadcast to {}", x.shape(), shape);
  Strides strides;
  const int shift = shape.rank() - x.rank();
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const bool own = axis >= shift && x.shape()[axis - shift] != 1;
    strides[static_cast<std::size_t>(axis)] = own ? x.strides()[static_cast<std::size_t>(axis - shift)] : 0;
  }
  // The engine sums the cotangent down to the shape of x: that is the whole rule.
  return record("broadcast_to", detail::make_view(x, shape, strides), wrt(x, Pass()));
}

Tensor sum_to(const Tensor& x, const Shape& shape) {
  if (!broadcasts_to(shape, x.shape())) fail<ShapeError>("sum_to: {} does not broadcast to {}", shape, x.shape());
  std::uint32_t mask = 0;
  const int shift = x.rank() - shape.rank();
  for (int axis = 0; axis < x.rank(); ++axis)
    if (axis < shift || (shape[axis - shift] == 1 && x.shape()[axis] != 1)) mask |= 1u << axis;
  const Tensor folded = detail::reduce("sum", detail::reduction_kernels().sum, x, mask);
  const Tensor y = detail::make_view(folded, shape, detail::row_major(shape));
  return record("sum_to", y, wrt(x, [full_shape = x.shape()](const Tensor& g) { return broadcast_to(g, full_shape); }));
}

Tensor reshape(const Tensor& x, const Shape& shape) {
  if (shape.size() != x.size())
    fail<ShapeError>("reshape: {} has {} elements, {} has {}", x.shape(), x.size(), shape, shape.size());
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
    fail<ShapeError>("reshape: {} does not fit ({})", x.shape(), fmt::join(sizes, ", "));
  std::vector<std::int64_t> filled(sizes);
  for (std::int64_t& size : filled)
    if (size == -1) size = x.size() / known;
  return reshape(x, Shape(filled));
}

Tensor stack(std::span<const Tensor> xs) {
  if (xs.empty()) fail<ShapeError>("stack: needs at least one tensor");
  const Shape row = xs[0].shape();
  const Dtype dtype = xs[0].dtype();
  if (row.rank() == kMaxRank) fail<ShapeError>("stack: {} has the most axes there are, {}", row, kMaxRank);
  Shape shape{static_cast<std::int64_t>(xs.size())};
  for (std::int64_t size : row) shape.push_back(size);
  const Tensor y = detail::empty_for("stack", Shape(std::span(shape.begin(), shape.end()), "stack"), dtype);
  const std::size_t bytes = static_cast<std::size_t>(row.size()) * size_of(dtype);
  for (std::size_t i = 0; i < xs.size(); ++i) {
    if (!(xs[i].shape() == row)) fail<ShapeError>("stack: shapes differ: {} and {}", row, xs[i].shape());
    detail::check_dtypes("stack", xs[0], xs[i]);
    if (bytes) std::memcpy(y.body().data + i * bytes, detail::packed(xs[i]).body().data, bytes);
  }
  return record_joint("stack", y, xs, [count = xs.size()](const Tensor& g, Cotangents& out) {
    for (std::size_t i = 0; i < count; ++i)
      if (out.wants(i)) out.give(i, unstack(g, static_cast<std::int64_t>(i)));
  });
}

Tensor unstack(const Tensor& x, std::int64_t i) {
  if (x.rank() == 0) fail<ShapeError>("unstack: a scalar has no axis to take from");
  const std::int64_t count = x.shape()[0];
  if (i < 0 || i >= count) fail<ShapeError>("unstack: index {} is out of range for {}", i, x.shape());
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

Tensor detach(const Tensor& x) { return detail::make_view(x, x.shape(), x.strides()); }

Tensor detail::copied(const Tensor& x) { return record("copy", copy_values(x), wrt(x, Pass())); }

Tensor alias(const Tensor& x) { return record("alias", detach(x), wrt(x, Pass())); }

}  // namespace retrograd
