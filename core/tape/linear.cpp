#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tape/linear.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../kernels/simd-inl.h"

#include "../base/total.h"
#include "../compute/reduce.h"

#ifndef RETROGRAD_CORE_TAPE_KERNELS
#define RETROGRAD_CORE_TAPE_KERNELS
namespace retrograd {
struct TapeKernels {
  detail::ByDtype<detail::BinaryRun> add, scale;
  detail::ByDtype<detail::Fold> sum;
};
}  // namespace retrograd
#endif

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace {

struct Add {
  template <class D, class V>
  V operator()(D, V a, V b) const {
    return hn::Add(a, b);
  }
  static std::int64_t plain(std::int64_t a, std::int64_t b) {  // unsigned, so that it may wrap around
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  }
};
struct Scale {
  template <class D, class V>
  V operator()(D, V a, V b) const {
    return hn::Mul(a, b);
  }
};

// Blocks short enough for float, on every target as many terms a lane, their sums gathered in a total.
template <class T>
void sum_row(const void* x_run, void* into, std::int64_t n) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d)), length = 64 * lanes;
  const T* x = static_cast<const T*>(x_run);
  detail::Total<T> total;
  for (std::int64_t begin = 0; begin < n; begin += length) {
    const std::int64_t end = begin + length < n ? begin + length : n;
    auto a = hn::Zero(d), b = hn::Zero(d);
    std::int64_t i = begin;
    for (; i + 2 * lanes <= end; i += 2 * lanes) {
      a = hn::Add(a, hn::LoadU(d, x + i));
      b = hn::Add(b, hn::LoadU(d, x + i + lanes));
    }
    T block = hn::GetLane(hn::SumOfLanes(d, hn::Add(a, b)));
    for (; i < end; ++i) block += x[i];
    total.add(static_cast<double>(block));
  }
  *static_cast<T*>(into) += static_cast<T>(total.value());
}
template <class T>
void sum_column(const void* x, void* into, std::int64_t n) {
  zip_run<Add, T>(into, 1, x, 1, into, n);
}
void sum_row_integers(const void* x, void* into, std::int64_t n) {
  std::int64_t& total = *static_cast<std::int64_t*>(into);
  for (std::int64_t i = 0; i < n; ++i) total = Add::plain(total, static_cast<const std::int64_t*>(x)[i]);
}
void sum_column_integers(const void* x, void* into, std::int64_t n) {
  plain_zip_run<Add, std::int64_t>(into, 1, x, 1, into, n);
}

const TapeKernels* tape_kernels() {
  static constexpr TapeKernels kKernels = {
      binary_numbers<Add>(),
      binary_floats<Scale>(),
      {detail::Fold{sum_row<float>, sum_column<float>, 0}, detail::Fold{sum_row<double>, sum_column<double>, 0},
       detail::Fold{sum_row_integers, sum_column_integers, 0}}};
  return &kKernels;
}

}  // namespace
}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>

#include "../base/error.h"
#include "../tensor/format.h"
#include "linear.h"
#include "tape.h"
#include "windows.h"

namespace retrograd {

namespace {
const TapeKernels& kernels() { return *RETROGRAD_DISPATCH(tape_kernels)(); }
}  // namespace

namespace {

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
void detail::scale_into(Tensor& into, const Tensor& factor) { zip_into("scaled", kernels().scale, into, factor); }

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
  const Tensor folded = detail::reduce("sum", kernels().sum, x, mask);
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
    if (xs[i].dtype() != dtype) fail<DtypeError>("stack: dtypes differ: {} and {}", dtype, xs[i].dtype());
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
  Tensor y = detail::zip("scaled", kernels().scale, x, Operand(factor).as("scaled", x.dtype()));
  return record("scaled", y, wrt(x, [factor](const Tensor& g) { return scaled(g, factor); }));
}

Tensor detach(const Tensor& x) { return detail::make_view(x, x.shape(), x.strides()); }

Tensor detail::copied(const Tensor& x) { return record("copy", copy_values(x), wrt(x, Pass())); }

Tensor alias(const Tensor& x) { return record("alias", detach(x), wrt(x, Pass())); }

}  // namespace retrograd
#endif  // HWY_ONCE
