#include "reductions.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/format.h"
#include "../../core/tensor/walk.h"
#include "../elementwise/arithmetic.h"
#include "../elementwise/comparison.h"
#include "../elementwise/convert.h"
#include "../shape/along.h"
#include "../shape/views.h"
#include "cumulative.h"

namespace retrograd {

namespace {

// The larger (or smaller) of two, NaN where either is.
template <bool largest, class T>
T better(T a, T b) {
  return (largest ? a > b : a < b) || a != a ? a : b;
}
// The same without a branch, for loops that become vectors.
template <bool largest, class T>
T better_of_many(T a, T b) {
  const bool wins = largest ? a > b : a < b, is_nan = a != a;
  return (wins | is_nan) ? a : b;
}
// Sixteen at once, so that none waits for the one before.
template <bool largest, class T>
void extreme_row(const void* x_run, void* into, std::int64_t n) {
  constexpr std::int64_t kAtOnce = 16;
  const T* x = static_cast<const T*>(x_run);
  T best = *static_cast<const T*>(into);
  std::int64_t i = 0;
  if (n >= 2 * kAtOnce) {
    T each[kAtOnce];
    std::copy_n(x, kAtOnce, each);
    for (i = kAtOnce; i + kAtOnce <= n; i += kAtOnce)
      for (std::int64_t k = 0; k < kAtOnce; ++k) each[k] = better_of_many<largest>(x[i + k], each[k]);
    for (T one : each) best = better<largest>(one, best);
  }
  for (; i < n; ++i) best = better<largest>(x[i], best);
  *static_cast<T*>(into) = best;
}
template <bool largest, class T>
void extreme_column(const void* x, void* into, std::int64_t n) {
  T* best = static_cast<T*>(into);
  for (std::int64_t i = 0; i < n; ++i) best[i] = better_of_many<largest>(static_cast<const T*>(x)[i], best[i]);
}
template <bool largest, class T>
constexpr detail::Fold extreme_fold(double start) {
  return {extreme_row<largest, T>, extreme_column<largest, T>, start};
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr detail::ByDtype<detail::Fold> kMax = {extreme_fold<true, float>(-kInfinity),
                                                extreme_fold<true, double>(-kInfinity),
                                                extreme_fold<true, std::int64_t>(-0x1p63),
                                                {},
                                                extreme_fold<true, std::uint8_t>(0)};
constexpr detail::ByDtype<detail::Fold> kMin = {extreme_fold<false, float>(kInfinity),
                                                extreme_fold<false, double>(kInfinity),
                                                extreme_fold<false, std::int64_t>(0x1p63),
                                                {},
                                                extreme_fold<false, std::uint8_t>(255)};

// d max = Σ [xᵢ = max]·dxᵢ / (the number of ties); NaN all along a line with a NaN, as PyTorch has it
Tensor extreme(const char* op, const detail::ByDtype<detail::Fold>& fold, const Tensor& x, const Axes& axes,
               bool keepdims) {
  const std::uint32_t mask = axes.mask(op, x.rank());
  if (x.size() == 0 && detail::count_over(x.shape(), mask) == 0)
    fail<ShapeError>("{}: of nothing, shape {}", op, x.shape());
  const auto constant = [](const Tensor& value) { return detach(value); };
  const Tensor y = record(op, detail::reduce(op, fold, x, mask),
                          wrt(
                              x,
                              [axes](const Tensor& g, const Tensor& at, const Tensor& best) {
                                const Tensor ties = equal(at, best), loses = where(best == best, 0.0, best);
                                return where(ties, g / sum(astype(ties, g.dtype()), axes, true), loses);
                              },
                              x, constant));
  return detail::without_axes(y, x.shape(), mask, keepdims);
}

template <bool largest>
Tensor position(const char* op, const Tensor& x, int axis, bool keepdims = false) {
  axis = normal_axis(op, axis, x.rank());
  const detail::Along along(x.shape(), axis);
  if (along.n == 0) fail<ShapeError>("{}: of nothing, shape {}", op, x.shape());
  const std::int64_t n = along.n, inner = along.inner;
  const Tensor values = detail::packed(x);
  Tensor y = Tensor::empty(detail::reduced_shape(x.shape(), 1u << axis, keepdims), int64);
  std::int64_t* best = detail::values<std::int64_t>(y);
  dispatch(x.dtype(), [&]<class T>() {
    for (std::int64_t i = 0; i < y.size(); ++i) {
      const T* column = values.data<T>() + i / inner * n * inner + i % inner;
      best[i] = 0;
      for (std::int64_t k = 1; k < n; ++k) {
        const T candidate = column[k * inner], so_far = column[best[i] * inner];
        const bool wins = largest ? candidate > so_far : candidate < so_far;
        if (wins || (candidate != candidate && so_far == so_far)) best[i] = k;
      }
    }
  });
  return y;
}

// Folds [x ≠ 0] over the axes in `mask` into elements of another type.
template <class Out, class F>
Tensor fold_truths(const Tensor& x, std::uint32_t mask, bool keepdims, Out start, F f) {
  const Tensor y = Tensor::empty(detail::reduced_shape(x.shape(), mask, true), dtype_of<Out>);
  std::fill_n(detail::values<Out>(y), y.size(), start);
  dispatch(x.dtype(), [&]<class T>() {
    detail::for_each_run<2>(x.shape(), {&x, &y},
                            [&](std::array<const void*, 2> at, std::array<std::int64_t, 2> step, std::int64_t n) {
                              const T* from = static_cast<const T*>(at[0]);
                              Out* into = static_cast<Out*>(const_cast<void*>(at[1]));
                              for (std::int64_t i = 0; i < n; ++i)
                                into[i * step[1]] = f(into[i * step[1]], from[i * step[0]] != T{0});
                            });
  });
  return detail::without_axes(y, x.shape(), mask, keepdims);
}

}  // namespace

namespace {
// Σ x of bytes or truths as int64, read as they lie: nothing is converted first.
Tensor sum_of_bytes(const Tensor& x, std::uint32_t mask, bool keepdims) {
  const Tensor y = zeros(detail::reduced_shape(x.shape(), mask, true), int64);
  detail::for_each_run<2>(
      x.shape(), {&x, &y}, [&](std::array<const void*, 2> at, std::array<std::int64_t, 2> step, std::int64_t n) {
        const auto* from = static_cast<const std::uint8_t*>(at[0]);  // of truths too: false is 0, true is 1
        auto* into = static_cast<std::int64_t*>(const_cast<void*>(at[1]));
        if (step[1] != 0)
          for (std::int64_t i = 0; i < n; ++i) into[i * step[1]] += from[i * step[0]];
        else if (step[0] == 1)
          *into = std::accumulate(from, from + n, *into);
        else
          for (std::int64_t i = 0; i < n; ++i) *into += from[i * step[0]];
      });
  return detail::without_axes(y, x.shape(), mask, keepdims);
}
}  // namespace

Tensor sum(const Tensor& x, const Axes& axes, bool keepdims) {
  const std::uint32_t mask = axes.mask("sum", x.rank());
  if (x.dtype() == boolean || x.dtype() == uint8) return sum_of_bytes(x, mask, keepdims);
  return detail::without_axes(sum_to(x, detail::reduced_shape(x.shape(), mask, true)), x.shape(), mask, keepdims);
}

namespace {
bool all_finite(const Tensor& x) {
  const Tensor from = detail::packed(x);
  bool is_finite = true;
  dispatch_floating(x.dtype(), [&]<class T>() {
    for (std::int64_t i = 0; i < from.size(); ++i) is_finite = is_finite && std::isfinite(from.data<T>()[i]);
  });
  return is_finite;
}
}  // namespace

// Where the sum overflows the mean need not: then each value is divided first.
Tensor mean(const Tensor& x, const Axes& axes, bool keepdims) {
  detail::check_floating("mean", x);
  const std::int64_t count = detail::count_over(x.shape(), axes.mask("mean", x.rank()));
  Tensor y = sum(x, axes, keepdims) / count;
  return count == 0 || all_finite(y) ? y : sum(x / count, axes, keepdims);
}

// Of several stretches of axes one is made: what overflows between two could not come back.
Tensor prod(const Tensor& x, const Axes& axes, bool keepdims) {
  const std::uint32_t mask = axes.mask("prod", x.rank()), from_first = mask == 0 ? 0 : mask >> std::countr_zero(mask);
  if ((from_first & (from_first + 1)) == 0)  // one stretch
    return detail::reduce_stretches(x, mask, keepdims, detail::product_along);
  std::array<int, kMaxRank> order{};
  std::size_t rank = 0;
  for (const bool reduced : {false, true})
    for (int axis = 0; axis < x.rank(); ++axis)
      if ((mask >> axis & 1) == reduced) order[rank++] = axis;
  const std::int64_t n = detail::count_over(x.shape(), mask);
  const Tensor lines = reshape(transpose(x, std::span(order).first(rank)),
                               Shape{detail::reduced_shape(x.shape(), mask, false).size(), n, 1});
  return reshape(detail::product_along(lines), detail::reduced_shape(x.shape(), mask, keepdims));
}

Tensor max(const Tensor& x, const Axes& axes, bool keepdims) { return extreme("max", kMax, x, axes, keepdims); }
Tensor min(const Tensor& x, const Axes& axes, bool keepdims) { return extreme("min", kMin, x, axes, keepdims); }

Tensor argmax(const Tensor& x) { return position<true>("argmax", reshape(detach(x), Shape{x.size()}), 0); }
Tensor argmax(const Tensor& x, int axis, bool keepdims) { return position<true>("argmax", x, axis, keepdims); }
Tensor argmin(const Tensor& x) { return position<false>("argmin", reshape(detach(x), Shape{x.size()}), 0); }
Tensor argmin(const Tensor& x, int axis, bool keepdims) { return position<false>("argmin", x, axis, keepdims); }

Tensor all(const Tensor& x, const Axes& axes, bool keepdims) {
  return fold_truths<bool>(x, axes.mask("all", x.rank()), keepdims, true,
                           [](bool so_far, bool v) { return so_far && v; });
}
Tensor any(const Tensor& x, const Axes& axes, bool keepdims) {
  return fold_truths<bool>(x, axes.mask("any", x.rank()), keepdims, false,
                           [](bool so_far, bool v) { return so_far || v; });
}
Tensor count_nonzero(const Tensor& x, const Axes& axes, bool keepdims) {
  return fold_truths<std::int64_t>(x, axes.mask("count_nonzero", x.rank()), keepdims, std::int64_t{0},
                                   [](std::int64_t so_far, bool v) { return so_far + (v ? 1 : 0); });
}

}  // namespace retrograd
