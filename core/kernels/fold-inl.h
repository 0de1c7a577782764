// Folds: reductions of rows or columns. A row is distributed over the lanes of 256 bytes on every SIMD target, and the
// lanes are then combined by halves, so the order is the same on every target and there are several independent chains.
// Columns are folded eight rows at a time. An Op has Op()(tag, accumulator, vector), Op::plain(accumulator, element)
// and Op::start<T>(), the neutral element. Not a public header.
#include "simd-inl.h"

#if defined(RETROGRAD_CORE_KERNELS_FOLD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RETROGRAD_CORE_KERNELS_FOLD_INL_H_
#undef RETROGRAD_CORE_KERNELS_FOLD_INL_H_
#else
#define RETROGRAD_CORE_KERNELS_FOLD_INL_H_
#endif

#include <algorithm>
#include <limits>
#include <type_traits>

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {

/// Addition; integers wrap around.
struct Add {
  template <class D, class V>
  V operator()(D, V so_far, V x) const {
    return hn::Add(so_far, x);
  }
  template <class T>
  static constexpr T start() {
    return 0;
  }
  template <class T>
  static T plain(T so_far, T x) {
    if constexpr (std::is_same_v<T, std::int64_t>)  // unsigned, so that it may wrap around
      return static_cast<T>(static_cast<std::uint64_t>(so_far) + static_cast<std::uint64_t>(x));
    else
      return so_far + x;
  }
};

/// The maximum (or minimum) of two: the first if they are equal, NaN if either is NaN
template <bool largest>
struct Extreme {
  template <class D, class V>
  V operator()(D, V so_far, V x) const {
#if HWY_TARGET == HWY_SCALAR  // whose Max and Min ignore NaN
    const auto better = hn::IfThenElse(largest ? hn::Gt(x, so_far) : hn::Lt(x, so_far), x, so_far);
#else  // Max and Min return the second operand if neither is larger
    const auto better = largest ? hn::Max(x, so_far) : hn::Min(x, so_far);
#endif
    if constexpr (hwy::IsFloat<hn::TFromD<D>>())
      return hn::IfThenElse(hn::IsNaN(x), x, better);
    else
      return better;
  }
  template <class T>
  static constexpr T start() {
    using Limits = std::numeric_limits<T>;
    if constexpr (Limits::has_infinity) return largest ? -Limits::infinity() : Limits::infinity();
    return largest ? Limits::lowest() : Limits::max();
  }
  template <class T>
  static T plain(T so_far, T x) {
    const bool wins = largest ? x > so_far : x < so_far, is_nan = x != x;
    return (wins | is_nan) ? x : so_far;
  }
};

/// The number of lanes over which a row is distributed.
template <class T>
inline constexpr std::int64_t kRowLanes = 256 / sizeof(T);

/// Combines the lanes of v by halves.
#if HWY_TARGET == HWY_SCALAR
template <class Op, class D, class V>
HWY_INLINE hn::TFromD<D> fold_lanes(D, V v) {
  return hn::GetLane(v);
}
#else
template <class Op, class D, class V>
HWY_INLINE hn::TFromD<D> fold_lanes(D d, V v) {
  using T = hn::TFromD<D>;
  if constexpr (hn::MaxLanes(d) * sizeof(T) > 16) {
    const hn::Half<D> half;
    return fold_lanes<Op>(half, Op()(half, hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
  } else if constexpr (sizeof(T) == 8) {
    return hn::GetLane(Op()(d, v, hn::Shuffle01(v)));
  } else if constexpr (sizeof(T) == 4) {
    const auto pair = Op()(d, v, hn::Shuffle1032(v));
    return hn::GetLane(Op()(d, pair, hn::Shuffle2301(pair)));
  } else {
    HWY_ALIGN T lanes[hn::MaxLanes(d)];
    hn::Store(v, d, lanes);
    for (std::size_t width = hn::MaxLanes(d) / 2; width > 0; width /= 2)
      for (std::size_t k = 0; k < width; ++k) lanes[k] = Op::plain(lanes[k], lanes[k + width]);
    return lanes[0];
  }
}
#endif

/// A vector of the first n < Lanes(d) elements at x, padded with the neutral element.
template <class Op, class D, class T>
HWY_INLINE auto part_of_vector(D d, const T* x, std::int64_t n) {
#if HWY_MEM_OPS_MIGHT_FAULT
  HWY_ALIGN T lanes[hn::MaxLanes(d)];
  for (T& lane : lanes) lane = Op::template start<T>();
  std::memcpy(lanes, x, static_cast<std::size_t>(n) * sizeof(T));
  return hn::Load(d, lanes);
#else
  const auto mask = hn::FirstN(d, static_cast<std::size_t>(n));
  return hn::IfThenElse(mask, hn::MaskedLoad(mask, d, x), hn::Set(d, Op::template start<T>()));
#endif
}

/// Loads elements unchanged: Load()(tag, x) is a full vector, Load::part a padded vector of n < Lanes(tag) elements.
struct Plainly {
  template <class D, class T>
  HWY_INLINE auto operator()(D d, const T* x) const {
    return hn::LoadU(d, x);
  }
  template <class Op, class D, class T>
  static HWY_INLINE auto part(D d, const T* x, std::int64_t n) {
    return part_of_vector<Op>(d, x, n);
  }
};

/// Folds a row of n elements.
template <class Op, class Load, class Out, class T>
HWY_INLINE Out fold_row(const T* x, std::int64_t n) {
  const hn::ScalableTag<Out> d;
  constexpr std::int64_t kLanes = hn::MaxLanes(d), kVectors = kRowLanes<Out> / kLanes;
  const auto start = hn::Set(d, Op::template start<Out>());
  if (n <= kLanes)
    return fold_lanes<Op>(d, Op()(d, start, n == kLanes ? Load()(d, x) : Load::template part<Op>(d, x, n)));
  if (n <= 2 * kLanes) {
    const auto rest = n == 2 * kLanes ? Load()(d, x + kLanes) : Load::template part<Op>(d, x + kLanes, n - kLanes);
    return fold_lanes<Op>(d, Op()(d, Op()(d, start, Load()(d, x)), rest));
  }
  hn::Vec<decltype(d)> lanes[kVectors];
  for (auto& one : lanes) one = start;
  std::int64_t i = 0;
  for (; i + kRowLanes<Out> <= n; i += kRowLanes<Out>)
    for (std::int64_t k = 0; k < kVectors; ++k) lanes[k] = Op()(d, lanes[k], Load()(d, x + i + k * kLanes));
  for (std::int64_t k = 0; k < kVectors && i < n; ++k, i += kLanes)
    lanes[k] = Op()(d, lanes[k], i + kLanes <= n ? Load()(d, x + i) : Load::template part<Op>(d, x + i, n - i));
  for (std::int64_t width = kVectors / 2; width > 0; width /= 2)
    for (std::int64_t k = 0; k < width; ++k) lanes[k] = Op()(d, lanes[k], lanes[k + width]);
  return fold_lanes<Op>(d, lanes[0]);
}

template <class Op, class T>
HWY_INLINE T fold_row(const T* x, std::int64_t n) {
  return fold_row<Op, Plainly, T>(x, n);
}

/// Folds eight rows of one vector into an accumulator; load(k) is row k.
template <class Op, class D, class V, class Load>
HWY_INLINE V fold_eight(D d, V so_far, const Load& load) {
  const auto pair = [&](std::int64_t k) HWY_ATTR { return Op()(d, load(k), load(k + 1)); };
  const auto four = [&](std::int64_t k) HWY_ATTR { return Op()(d, pair(k), pair(k + 2)); };
  return Op()(d, so_far, Op()(d, four(0), four(4)));
}

/// into[i] = the fold of column i of n ≥ 1 rows, eight rows at a time.
template <class Op, class Load, class Out, class T>
HWY_INLINE void fold_columns(const T* x, std::int64_t stride, std::int64_t n, std::int64_t width, Out* into) {
  const hn::ScalableTag<Out> d;
  constexpr std::int64_t kLanes = hn::MaxLanes(d), kRows = 8;
  const auto start = hn::Set(d, Op::template start<Out>());
  for (std::int64_t k = 0; k < n; k += kRows) {
    const T* rows = x + k * stride;
    const std::int64_t count = std::min(kRows, n - k);
    const auto fold = [=](auto so_far, const auto& load) HWY_ATTR {
      if (count == kRows) return fold_eight<Op>(d, so_far, load);
      for (std::int64_t r = 0; r < count; ++r) so_far = Op()(d, so_far, load(r));
      return so_far;
    };
    std::int64_t i = 0;
    for (; i + kLanes <= width; i += kLanes) {
      const auto so_far = k == 0 ? start : hn::LoadU(d, into + i);
      hn::StoreU(fold(so_far, [=](std::int64_t r) HWY_ATTR { return Load()(d, rows + r * stride + i); }), d, into + i);
    }
    if (i == width) continue;
    const std::int64_t left = width - i;
    const auto so_far = k == 0 ? start : part_of_vector<Op>(d, into + i, left);
    const auto folded =
        fold(so_far, [=](std::int64_t r) HWY_ATTR { return Load::template part<Op>(d, rows + r * stride + i, left); });
#if HWY_MEM_OPS_MIGHT_FAULT
    HWY_ALIGN Out lanes[hn::MaxLanes(d)];
    hn::Store(folded, d, lanes);
    std::memcpy(into + i, lanes, static_cast<std::size_t>(left) * sizeof(Out));
#else
    hn::BlendedStore(folded, hn::FirstN(d, static_cast<std::size_t>(left)), d, into + i);
#endif
  }
}

template <class Op, class T>
HWY_INLINE void fold_columns(const T* x, std::int64_t stride, std::int64_t n, std::int64_t width, T* into) {
  fold_columns<Op, Plainly>(x, stride, n, width, into);
}

/// The same into another type, one row at a time.
template <class Op, class T, class Out>
HWY_INLINE void fold_columns_into(const T* x, std::int64_t stride, std::int64_t n, std::int64_t width, Out* into) {
  for (std::int64_t i = 0; i < width; ++i) into[i] = Op::plain(Op::template start<Out>(), x[i]);
  for (std::int64_t k = 1; k < n; ++k)
    for (std::int64_t i = 0; i < width; ++i) into[i] = Op::plain(into[i], x[k * stride + i]);
}

}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
