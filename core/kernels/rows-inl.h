// Loops over the rows of a matrix, for kernels that read a row more than once: full vectors first, then vectors of at
// most four lanes, then of one, so that narrow rows are fast too. Loop bodies are lambdas of (tag, position). Not a
// public header.
#include "simd-inl.h"

#if defined(RETROGRAD_CORE_KERNELS_ROWS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RETROGRAD_CORE_KERNELS_ROWS_INL_H_
#undef RETROGRAD_CORE_KERNELS_ROWS_INL_H_
#else
#define RETROGRAD_CORE_KERNELS_ROWS_INL_H_
#endif

#include "../base/total.h"

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {

/// Calls step(tag, i) for the elements i … i + Lanes(tag) − 1, over [begin, end) in order.
template <class T, class Step>
HWY_INLINE void each_vector(std::int64_t begin, std::int64_t end, const Step& step) {
  const hn::ScalableTag<T> whole;
  const hn::CappedTag<T, 4> four;
  const hn::CappedTag<T, 1> one;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(whole)), few = static_cast<std::int64_t>(hn::Lanes(four));
  std::int64_t i = begin;
  for (; i + lanes <= end; i += lanes) step(whole, i);
  for (; i + few <= end; i += few) step(four, i);
  for (; i < end; ++i) step(one, i);
}

/// Σ term(tag, i) over [0, n), in blocks short enough for float (with the same number of terms per lane on every
/// target); the block sums are added in a Total.
template <class T, class Term>
HWY_INLINE double row_sum(std::int64_t n, const Term& term) {
  const hn::ScalableTag<T> whole;
  const hn::CappedTag<T, 4> four;
  const hn::CappedTag<T, 1> one;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(whole)), few = static_cast<std::int64_t>(hn::Lanes(four)),
             length = 64 * lanes;
  detail::Total<T> total;
  for (std::int64_t begin = 0; begin < n; begin += length) {
    const std::int64_t end = begin + length < n ? begin + length : n;
    std::int64_t i = begin;
    T block = 0;
    if (i + lanes <= end) {
      auto sum = term(whole, i);
      for (i += lanes; i + lanes <= end; i += lanes) sum = hn::Add(sum, term(whole, i));
      block = hn::GetLane(hn::SumOfLanes(whole, sum));
    }
    for (; i + few <= end; i += few) block += hn::GetLane(hn::SumOfLanes(four, term(four, i)));
    for (; i < end; ++i) block += hn::GetLane(term(one, i));
    total.add(static_cast<double>(block));
  }
  return total.value();
}

/// Two sums at once: those of a and of b of term(tag, i).
template <class V>
struct Two {
  V a, b;
};
template <class V>
HWY_INLINE Two<V> two(V a, V b) {
  return {a, b};
}
template <class T, class Term>
HWY_INLINE Two<double> row_sums(std::int64_t n, const Term& term) {
  const hn::ScalableTag<T> whole;
  const hn::CappedTag<T, 4> four;
  const hn::CappedTag<T, 1> one;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(whole)), few = static_cast<std::int64_t>(hn::Lanes(four)),
             length = 64 * lanes;
  detail::Total<T> a, b;
  for (std::int64_t begin = 0; begin < n; begin += length) {
    const std::int64_t end = begin + length < n ? begin + length : n;
    std::int64_t i = begin;
    T block_a = 0, block_b = 0;
    if (i + lanes <= end) {
      auto sum = term(whole, i);
      for (i += lanes; i + lanes <= end; i += lanes) {
        const auto more = term(whole, i);
        sum.a = hn::Add(sum.a, more.a);
        sum.b = hn::Add(sum.b, more.b);
      }
      block_a = hn::GetLane(hn::SumOfLanes(whole, sum.a));
      block_b = hn::GetLane(hn::SumOfLanes(whole, sum.b));
    }
    for (; i + few <= end; i += few) {
      const auto more = term(four, i);
      block_a += hn::GetLane(hn::SumOfLanes(four, more.a));
      block_b += hn::GetLane(hn::SumOfLanes(four, more.b));
    }
    for (; i < end; ++i) {
      const auto more = term(one, i);
      block_a += hn::GetLane(more.a);
      block_b += hn::GetLane(more.b);
    }
    a.add(static_cast<double>(block_a));
    b.add(static_cast<double>(block_b));
  }
  return {a.value(), b.value()};
}

/// The maximum of at least Lanes(d) elements; unspecified if the row has a NaN.
template <class D, class T>
HWY_INLINE T row_max_of(D d, const T* x, std::int64_t n) {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  auto largest = hn::LoadU(d, x + n - lanes);  // may overlap what follows, which is harmless
  for (std::int64_t i = 0; i + lanes < n; i += lanes) largest = hn::Max(largest, hn::LoadU(d, x + i));
  return hn::GetLane(hn::MaxOfLanes(d, largest));
}
/// The same for at least one element.
template <class T>
HWY_INLINE T row_max(const T* x, std::int64_t n) {
  const hn::ScalableTag<T> whole;
  const hn::CappedTag<T, 4> four;
  const hn::CappedTag<T, 1> one;
  if (n >= static_cast<std::int64_t>(hn::Lanes(whole))) return row_max_of(whole, x, n);
  return n >= static_cast<std::int64_t>(hn::Lanes(four)) ? row_max_of(four, x, n) : row_max_of(one, x, n);
}

}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
