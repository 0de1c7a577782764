#define HWY_TARGET_INCLUDE "core/kernels/reductions.cpp"
#include "reductions.h"

#include <algorithm>
#include <limits>

#include "../base/total.h"
#include "simd-inl.h"

RETROGRAD_BEGIN_KERNELS();

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Add {
  template <class D, class V>
  V operator()(D, V a, V b) const {
    return hn::Add(a, b);
  }
  static std::int64_t plain(std::int64_t a, std::int64_t b) {  // unsigned, so that overflow wraps around
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  }
};

// Sums blocks short enough for float, with the same number of terms per lane on every target, and adds the block sums
// in a Total.
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

// The larger (or smaller) of two; NaN if either is NaN.
template <bool largest, class T>
T better(T a, T b) {
  return (largest ? a > b : a < b) || a != a ? a : b;
}
// The same without branches, for loops that the compiler vectorizes.
template <bool largest, class T>
T better_of_many(T a, T b) {
  const bool wins = largest ? a > b : a < b, is_nan = a != a;
  return (wins | is_nan) ? a : b;
}
// Sixteen independent accumulators, so that no comparison waits for the previous one.
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

template <bool largest, class T>
void position(const void* x, std::int64_t* y, detail::Lines lines, std::int64_t first, std::int64_t last) {
  const std::int64_t n = lines.n, inner = lines.inner;
  for (std::int64_t i = first; i < last; ++i) {
    const T* column = static_cast<const T*>(x) + i / inner * n * inner + i % inner;
    std::int64_t best = 0;
    for (std::int64_t k = 1; k < n; ++k) {
      const T candidate = column[k * inner], so_far = column[best * inner];
      const bool wins = largest ? candidate > so_far : candidate < so_far;
      if (wins || (candidate != candidate && so_far == so_far)) best = k;
    }
    y[i] = best;
  }
}
template <bool largest>
constexpr detail::ByDtype<detail::ReductionKernels::Position> positions() {
  return {position<largest, float>, position<largest, double>, position<largest, std::int64_t>, position<largest, bool>,
          position<largest, std::uint8_t>};
}

// Folds x into elements of another type: step(accumulator, x).
template <class Step, class T, class Out>
void exact_run(const void* x_run, std::int64_t x_step, void* into_run, std::int64_t into_step, std::int64_t n) {
  const T* x = static_cast<const T*>(x_run);
  Out* into = static_cast<Out*>(into_run);
  if (into_step != 0) {
    for (std::int64_t i = 0; i < n; ++i) into[i * into_step] = Step::step(into[i * into_step], x[i * x_step]);
    return;
  }
  Out so_far = *into;
  if (x_step == 1)
    for (std::int64_t i = 0; i < n; ++i) so_far = Step::step(so_far, x[i]);
  else
    for (std::int64_t i = 0; i < n; ++i) so_far = Step::step(so_far, x[i * x_step]);
  *into = so_far;
}
template <class Step, class Out, class T>
constexpr detail::ExactFold exact_fold(double start) {
  return {exact_run<Step, T, Out>, start};
}
template <class Step, class Out>
constexpr detail::ByDtype<detail::ExactFold> exact_folds(double start) {
  return {exact_fold<Step, Out, float>(start), exact_fold<Step, Out, double>(start),
          exact_fold<Step, Out, std::int64_t>(start), exact_fold<Step, Out, bool>(start),
          exact_fold<Step, Out, std::uint8_t>(start)};
}
struct All {
  static bool step(bool so_far, auto x) { return so_far & (x != decltype(x){0}); }
};
struct Any {
  static bool step(bool so_far, auto x) { return so_far | (x != decltype(x){0}); }
};
struct Count {
  static std::int64_t step(std::int64_t so_far, auto x) { return so_far + (x != decltype(x){0}); }
};
struct Sum {
  static std::int64_t step(std::int64_t so_far, auto x) { return so_far + static_cast<std::int64_t>(x); }
};

constexpr detail::ReductionKernels kTable = {
    .sum = {detail::Fold{sum_row<float>, sum_column<float>, 0}, detail::Fold{sum_row<double>, sum_column<double>, 0},
            detail::Fold{sum_row_integers, sum_column_integers, 0}},
    .max = {extreme_fold<true, float>(-kInfinity), extreme_fold<true, double>(-kInfinity),
            extreme_fold<true, std::int64_t>(-0x1p63), detail::Fold{}, extreme_fold<true, std::uint8_t>(0)},
    .min = {extreme_fold<false, float>(kInfinity), extreme_fold<false, double>(kInfinity),
            extreme_fold<false, std::int64_t>(0x1p63), detail::Fold{}, extreme_fold<false, std::uint8_t>(255)},
    .sum_of_bytes = {detail::ExactFold{}, detail::ExactFold{}, detail::ExactFold{},
                     exact_fold<Sum, std::int64_t, bool>(0), exact_fold<Sum, std::int64_t, std::uint8_t>(0)},
    .count_nonzero = exact_folds<Count, std::int64_t>(0),
    .all = exact_folds<All, bool>(1),
    .any = exact_folds<Any, bool>(0),
    .argmax = positions<true>(),
    .argmin = positions<false>(),
};

RETROGRAD_END_KERNELS(ReductionKernels, reduction_kernels);
