#include "indexing.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "../../core/base/error.h"
#include "../../core/base/total.h"
#include "../../core/compute/creation.h"
#include "../../core/compute/rows.h"
#include "../../core/kernels/gather.h"
#include "../../core/tape/cotangent.h"
#include "../../core/tape/linear.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/fields.h"
#include "../../core/tensor/format.h"
#include "along.h"

namespace retrograd {

namespace {

// Contiguous indices from 0 … size-1: these themselves where they are.
Tensor checked_indices(const char* op, const Tensor& indices, const Shape& shape, int axis) {
  if (indices.dtype() != int64) fail<DtypeError>("{}: indices must be int64, got {}", op, indices.dtype());
  Tensor packed = detail::packed(indices);
  const auto* at = packed.data<std::int64_t>();
  const std::int64_t size = shape[axis];
  bool any_negative = false;
  for (std::int64_t i = 0; i < packed.size(); ++i) {
    if (at[i] < -size || at[i] >= size)
      fail<ShapeError>("{}: index {} at position {} is out of range for axis {} of {}", op, at[i], i, axis, shape);
    any_negative = any_negative || at[i] < 0;
  }
  if (!any_negative) return packed;
  Tensor counted = detail::copy_values(packed);
  auto* from_start = detail::values<std::int64_t>(counted);
  for (std::int64_t i = 0; i < counted.size(); ++i)
    if (from_start[i] < 0) from_start[i] += size;
  return counted;
}

// Adds rows of `width` elements, `count` of them from `from` on, to those of `into` whose numbers are at[0], at[1], …,
// in this order; into has `rows`. Rows that get many terms are summed up in totals, so that the error does not grow
// with their number.
template <class T>
void add_rows(T* into, std::int64_t rows, std::int64_t width, const T* from, const std::int64_t* at,
              std::int64_t count) {
  constexpr std::int64_t kFewTerms = 64;
  std::vector<std::int64_t, detail::PoolAllocator<std::int64_t>> uses;
  std::int64_t many = 0;  // rows with many terms: of them `uses` then holds −1 − their number, of all others how many
  if (count > kFewTerms) {
    uses.resize(static_cast<std::size_t>(rows));
    for (std::int64_t j = 0; j < count; ++j) ++uses[static_cast<std::size_t>(at[j])];
    for (std::int64_t& row : uses)
      if (row > kFewTerms) row = -1 - many++;
  }
  using Total = detail::Total<T>;
  std::vector<Total, detail::PoolAllocator<Total>> totals(static_cast<std::size_t>(many * width));
  for (std::int64_t j = 0; j < count; ++j, from += width) {
    if (many > 0 && uses[static_cast<std::size_t>(at[j])] < 0) {
      Total* total = totals.data() + (-1 - uses[static_cast<std::size_t>(at[j])]) * width;
      for (std::int64_t i = 0; i < width; ++i) total[i].add(static_cast<double>(from[i]));
    } else {
      T* row = into + at[j] * width;
      for (std::int64_t i = 0; i < width; ++i) row[i] += from[i];
    }
  }
  if (many == 0) return;
  for (std::int64_t r = 0; r < rows; ++r)
    if (const std::int64_t number = -1 - uses[static_cast<std::size_t>(r)]; number >= 0)
      for (std::int64_t i = 0; i < width; ++i) {
        T& sum = into[r * width + i];
        Total& total = totals[static_cast<std::size_t>(number * width + i)];
        total.add(static_cast<double>(sum));
        sum = static_cast<T>(total.value());
      }
}

// into[o, indices[j], :] += g[o, j, :], in the order of j.
void add_rows(const Tensor& into, const Tensor& g, const Tensor& indices, int axis) {
  const detail::Along to(into.shape(), axis);
  const std::int64_t count = indices.size();
  dispatch_floating(g.dtype(), [&]<class T>() {
    for (std::int64_t o = 0; o < to.outer; ++o)
      add_rows(detail::values<T>(into) + o * to.n * to.inner, to.n, to.inner, g.data<T>() + o * count * to.inner,
               indices.data<std::int64_t>(), count);
  });
}

// The cotangent of a table: rows are added at their indices, to zeros or to a sum that is waiting.
class Rows final : public detail::Lazy {
 public:
  Rows(Tensor g, const Tensor& indices, const Shape& shape, int axis)
      : g_(std::move(g)), indices_(indices), shape_(shape), axis_(axis) {}
  Tensor value() override {
    Tensor y = zeros(shape_, g_.dtype());
    add_rows(y, detail::packed(g_), indices_, axis_);
    return record("untake", std::move(y),
                  wrt(
                      g_, [axis = axis_](const Tensor& g, const Tensor& at) { return take(g, at, axis); }, indices_));
  }
  bool add_to(Tensor& sum) override {
    if (!(sum.shape() == shape_) || sum.dtype() != g_.dtype()) return false;
    add_rows(sum, detail::packed(g_), indices_, axis_);
    return true;
  }

 private:
  Tensor g_;
  const Tensor& indices_;
  Shape shape_;
  int axis_;
};

}  // namespace

// dy[j] = dx[indices[j]]
Tensor take(const Tensor& x, const Tensor& indices, int axis) {
  const int own = normal_axis("take", axis, x.rank());
  const Tensor at = checked_indices("take", indices, x.shape(), own);
  if (x.rank() - 1 + at.rank() > kMaxRank)
    fail<ShapeError>("take: {} by indices of shape {} would have more than {} axes", x.shape(), at.shape(), kMaxRank);
  std::array<std::int64_t, kMaxRank> sizes;
  std::size_t rank = 0;
  for (int a = 0; a < own; ++a) sizes[rank++] = x.shape()[a];
  for (std::int64_t size : at.shape()) sizes[rank++] = size;
  for (int a = own + 1; a < x.rank(); ++a) sizes[rank++] = x.shape()[a];
  Tensor y = detail::empty_for("take", Shape(std::span(sizes.data(), rank), "take"), x.dtype());
  const detail::Along along(x.shape(), own);
  const std::int64_t bytes = along.inner * static_cast<std::int64_t>(size_of(x.dtype()));
  if (y.size() > 0)
    detail::run_rows({along.outer * at.size(), along.inner}, detail::gather_kernels().rows, detail::packed(x), at, y,
                     along.n, at.size(), bytes);
  return record(
      "take", std::move(y),
      wrt(
          x, [shape = x.shape(), own](Tensor g, const Tensor& kept) { return Rows(std::move(g), kept, shape, own); },
          at));
}

namespace {

// Calls f(place in the indexed tensor, place among the indices) for every index, in their order.
template <class F>
void for_each_index(const Tensor& indices, const Shape& indexed, int axis, F f) {
  if (indices.size() == 0) return;  // however many lines of none there are
  const detail::Along from(indices.shape(), axis), to(indexed, axis);
  const auto* at = indices.data<std::int64_t>();
  std::int64_t j = 0;
  for (std::int64_t o = 0; o < from.outer; ++o)
    for (std::int64_t k = 0; k < from.n; ++k)
      for (std::int64_t i = 0; i < from.inner; ++i, ++j) f((o * to.n + at[j]) * to.inner + i, j);
}

// The shape of x but for one axis, which is as long as that of `like`.
Shape with_axis_of(const Shape& shape, int axis, const Shape& like) {
  Shape out = shape;
  out[axis] = like[axis];
  return out;
}

}  // namespace

Tensor take_along_axis(const Tensor& x, const Tensor& indices, int axis) {
  const int own = normal_axis("take_along_axis", axis, x.rank());
  if (indices.rank() != x.rank())
    fail<ShapeError>("take_along_axis: ranks differ: {} by indices of shape {}", x.shape(), indices.shape());
  const Shape shape =
      broadcast_shapes("take_along_axis", with_axis_of(x.shape(), own, indices.shape()), indices.shape());
  const Shape wide = with_axis_of(shape, own, x.shape());
  if (!(wide == x.shape())) return take_along_axis(broadcast_to(x, wide), indices, axis);
  const Tensor at = checked_indices("take_along_axis", broadcast_to(indices, shape), x.shape(), own);
  Tensor y = detail::empty_for("take_along_axis", shape, x.dtype());
  const detail::Along along(shape, own);
  const auto kernel = detail::kernel_for("take_along_axis", detail::gather_kernels().along, x.dtype());
  if (y.size() > 0)
    detail::run_rows({along.outer, along.n * along.inner}, kernel, detail::packed(x), at, y, x.shape()[own], along.n,
                     along.inner);
  return record("take_along_axis", std::move(y),
                wrt(
                    x,
                    [whole = x.shape(), own](const Tensor& g, const Tensor& places) {
                      return scatter_add(zeros(whole, g.dtype()), places, g, own);
                    },
                    at));
}

// dy = dx + the derivatives of the source at their indices
Tensor scatter_add(const Tensor& x, const Tensor& indices, const Tensor& source, int axis) {
  const int own = normal_axis("scatter_add", axis, x.rank());
  detail::check_dtypes("scatter_add", x, source);
  if (!is_floating(x.dtype()) && x.dtype() != int64)
    fail<DtypeError>("scatter_add: does not take {} (it takes float32, float64, int64)", x.dtype());
  if (!(indices.shape() == source.shape()))
    fail<ShapeError>("scatter_add: indices {} and source {} differ in shape", indices.shape(), source.shape());
  if (source.rank() != x.rank() || !(with_axis_of(x.shape(), own, source.shape()) == source.shape()))
    fail<ShapeError>("scatter_add: source {} differs from {} in more than axis {}", source.shape(), x.shape(), own);
  const Tensor at = checked_indices("scatter_add", indices, x.shape(), own);
  const Tensor from = detail::packed(source);
  Tensor y = detail::copy_values(x);
  if (x.dtype() == int64) {
    const auto* in = from.data<std::int64_t>();
    auto* out = detail::values<std::int64_t>(y);
    for_each_index(at, x.shape(), own, [&](std::int64_t place, std::int64_t j) {  // unsigned, so that it may wrap
      out[place] =
          static_cast<std::int64_t>(static_cast<std::uint64_t>(out[place]) + static_cast<std::uint64_t>(in[j]));
    });
  } else {
    std::vector<std::int64_t, detail::PoolAllocator<std::int64_t>> places(static_cast<std::size_t>(at.size()));
    for_each_index(at, x.shape(), own,
                   [&](std::int64_t place, std::int64_t j) { places[static_cast<std::size_t>(j)] = place; });
    dispatch_floating(x.dtype(), [&]<class T>() {
      add_rows(detail::values<T>(y), x.size(), 1, from.data<T>(), places.data(), at.size());
    });
  }
  return record(
      "scatter_add", std::move(y), wrt(x, [](Tensor g) { return g; }),
      wrt(
          source, [own](const Tensor& g, const Tensor& places) { return take_along_axis(g, places, own); }, at));
}

}  // namespace retrograd
