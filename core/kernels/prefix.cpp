#define HWY_TARGET_INCLUDE "core/kernels/prefix.cpp"
#include "prefix.h"

#include <cmath>
#include <type_traits>

#include "../base/total.h"
#include "fold-inl.h"
#include "running_product.h"
#include "walk_lines.h"

RETROGRAD_BEGIN_KERNELS();

using detail::Lines;

// Accumulators for lines of integers: unsigned, so that they wrap around.
struct WrappingSum {
  std::uint64_t sum = 0;
  void add(std::int64_t x) { sum += static_cast<std::uint64_t>(x); }
  std::uint64_t value() const { return sum; }
};
struct WrappingProduct {
  std::uint64_t product = 1;
  void times(std::int64_t x) { product *= static_cast<std::uint64_t>(x); }
  std::uint64_t value() const { return product; }
};
template <class T>
using SumOf = std::conditional_t<std::is_integral_v<T>, WrappingSum, detail::Total<T>>;
template <class T>
using ProductOf = std::conditional_t<std::is_integral_v<T>, WrappingProduct, detail::RunningProduct<T>>;
// The type in which both kinds of accumulators take elements.
template <class T>
using Wide = std::conditional_t<std::is_integral_v<T>, std::int64_t, double>;
template <class T, class Running, class Step>
void walk(const void* x, void* y, const Lines& lines, bool reverse, std::int64_t first, std::int64_t last, Step step) {
  const T* v = static_cast<const T*>(x);
  T* to = static_cast<T*>(y);
  detail::walk_lines<Running>(lines, reverse, first, last, [=](Running& so_far, std::int64_t at) {
    step(so_far, static_cast<Wide<T>>(v[at]));
    to[at] = static_cast<T>(so_far.value());
  });
}

// Eight elements at a time, on every SIMD target: pairs, then quads, then all eight, each by the last of its first
// half. So every running value depends on the elements before it alone.
constexpr std::int64_t kWidth = 8;
struct Multiply {
  template <class D, class V>
  HWY_INLINE V operator()(D, V so_far, V x) const {
    return hn::Mul(so_far, x);
  }
  static double plain(double so_far, double x) { return so_far * x; }
};

template <class Op>
struct Eight {
#if HWY_TARGET == HWY_SCALAR
  double at[kWidth];

  template <class T>
  void load(const T* x, bool reverse) {
    for (std::int64_t i = 0; i < kWidth; ++i) at[i] = static_cast<double>(x[reverse ? kWidth - 1 - i : i]);
  }
  template <class T>
  void store(T* y, bool reverse) const {
    for (std::int64_t i = 0; i < kWidth; ++i) y[reverse ? kWidth - 1 - i : i] = static_cast<T>(at[i]);
  }
  void run() {
    for (std::int64_t half = 1; half < kWidth; half *= 2)
      for (std::int64_t i = 0; i < kWidth; ++i)
        if (i & half) at[i] = Op::plain(at[i], at[i / half * half - 1]);
  }
  double last() const { return at[kWidth - 1]; }
  void combine(double with) {
    for (double& one : at) one = Op::plain(with, one);
  }
  bool lies_within(double least, double most) const {
    for (const double one : at)
      if (!(std::abs(one) >= least && std::abs(one) <= most)) return false;
    return true;
  }
#else
  using D = hn::ScalableTag<double>;
  using V = hn::Vec<D>;
  static constexpr std::int64_t kLanes = hn::MaxLanes(D()), kVectors = kWidth / kLanes;
  V at[kVectors];

  HWY_INLINE void load(const float* x, bool reverse) {
    const hn::Rebind<float, D> half;
    for (std::int64_t k = 0; k < kVectors; ++k)
      at[k] = hn::PromoteTo(D(), reverse ? hn::Reverse(half, hn::LoadU(half, x + kWidth - (k + 1) * kLanes))
                                         : hn::LoadU(half, x + k * kLanes));
  }
  HWY_INLINE void load(const double* x, bool reverse) {
    for (std::int64_t k = 0; k < kVectors; ++k)
      at[k] =
          reverse ? hn::Reverse(D(), hn::LoadU(D(), x + kWidth - (k + 1) * kLanes)) : hn::LoadU(D(), x + k * kLanes);
  }
  HWY_INLINE void store(float* y, bool reverse) const {
    const hn::Rebind<float, D> half;
    for (std::int64_t k = 0; k < kVectors; ++k) {
      const auto v = hn::DemoteTo(half, at[k]);
      if (reverse)
        hn::StoreU(hn::Reverse(half, v), half, y + kWidth - (k + 1) * kLanes);
      else
        hn::StoreU(v, half, y + k * kLanes);
    }
  }
  HWY_INLINE void store(double* y, bool reverse) const {
    for (std::int64_t k = 0; k < kVectors; ++k)
      if (reverse)
        hn::StoreU(hn::Reverse(D(), at[k]), D(), y + kWidth - (k + 1) * kLanes);
      else
        hn::StoreU(at[k], D(), y + k * kLanes);
  }
  HWY_INLINE void run() {
    HWY_ALIGN static constexpr std::int64_t kFrom[3][kWidth] = {
        {0, 0, 2, 2, 4, 4, 6, 6}, {0, 1, 1, 1, 4, 5, 5, 5}, {0, 1, 2, 3, 3, 3, 3, 3}};
    HWY_ALIGN static constexpr double kMoves[3][kWidth] = {
        {0, 1, 0, 1, 0, 1, 0, 1}, {0, 0, 1, 1, 0, 0, 1, 1}, {0, 0, 0, 0, 1, 1, 1, 1}};
    constexpr int kSteps = kLanes == 8 ? 3 : kLanes == 4 ? 2 : 1;
    for (int step = 0; step < kSteps; ++step) {
      const auto from = hn::SetTableIndices(D(), kFrom[step]);
      const auto moves = hn::Gt(hn::Load(D(), kMoves[step]), hn::Zero(D()));
      for (std::int64_t k = 0; k < kVectors; ++k)
        at[k] = hn::IfThenElse(moves, Op()(D(), at[k], hn::TableLookupLanes(at[k], from)), at[k]);
    }
    for (std::int64_t half = 1; half < kVectors; half *= 2)
      for (std::int64_t k = 0; k < kVectors; ++k)
        if (k & half) at[k] = Op()(D(), at[k], last_of(at[k / half * half - 1]));
  }
  // The last lane in all lanes.
  static HWY_INLINE V last_of(V v) {
    HWY_ALIGN static constexpr std::int64_t kLast[kWidth] = {kLanes - 1, kLanes - 1, kLanes - 1, kLanes - 1,
                                                             kLanes - 1, kLanes - 1, kLanes - 1, kLanes - 1};
    return hn::TableLookupLanes(v, hn::SetTableIndices(D(), kLast));
  }
  HWY_INLINE V last() const { return last_of(at[kVectors - 1]); }
  HWY_INLINE void combine(V with) {
    for (V& one : at) one = Op()(D(), with, one);
  }
  HWY_INLINE bool lies_within(double least, double most) const {
    bool all = true;
    for (const V& one : at) {
      const V size = hn::Abs(one);
      all = all && hn::AllTrue(D(), hn::And(hn::Ge(size, hn::Set(D(), least)), hn::Le(size, hn::Set(D(), most))));
    }
    return all;
  }
#endif
};
#if HWY_TARGET == HWY_SCALAR
HWY_INLINE double everywhere(double x) { return x; }
HWY_INLINE double first_of(double x) { return x; }
HWY_INLINE double plus(double a, double b) { return a + b; }
#else
HWY_INLINE auto everywhere(double x) { return hn::Set(hn::ScalableTag<double>(), x); }
template <class V>
HWY_INLINE double first_of(V v) {
  return hn::GetLane(v);
}
template <class V>
HWY_INLINE V plus(V a, V b) {
  return hn::Add(a, b);
}
#endif

// One line that lies in one piece.
HWY_INLINE void sum_of_row(const float* x, float* y, std::int64_t n, bool reverse) {
  const std::int64_t step = reverse ? -1 : 1;
  std::int64_t k = 0;
  auto so_far = everywhere(0);
  for (; k + kWidth <= n; k += kWidth) {
    const std::int64_t at = reverse ? n - k - kWidth : k;
    Eight<Add> eight;
    eight.load(x + at, reverse);
    eight.run();
    const auto next = plus(so_far, eight.last());
    eight.combine(so_far);
    eight.store(y + at, reverse);
    so_far = next;
  }
  double rest = first_of(so_far);
  for (std::int64_t at = reverse ? n - 1 - k : k; k < n; ++k, at += step) {
    rest += static_cast<double>(x[at]);
    y[at] = static_cast<float>(rest);
  }
}
HWY_INLINE void sum_of_row(const double* x, double* y, std::int64_t n, bool reverse) {
  const std::int64_t step = reverse ? -1 : 1;
  std::int64_t k = 0;
  detail::Total<double> total;
  for (; k + kWidth <= n; k += kWidth) {
    const std::int64_t at = reverse ? n - k - kWidth : k;
    Eight<Add> eight;
    eight.load(x + at, reverse);
    eight.run();
    const double last = first_of(eight.last());
    eight.combine(everywhere(total.value()));
    eight.store(y + at, reverse);
    total.add(last);
  }
  for (std::int64_t at = reverse ? n - 1 - k : k; k < n; ++k, at += step) {
    total.add(x[at]);
    y[at] = total.value();
  }
}

// Lines abreast.
HWY_INLINE void sum_of_lines(const float* x, float* y, std::int64_t n, std::int64_t inner, std::int64_t width,
                             bool reverse) {
  double so_far[Lines::kAbreast] = {};
  for (std::int64_t k = 0; k < n; ++k) {
    const std::int64_t at = (reverse ? n - 1 - k : k) * inner;
    for (std::int64_t i = 0; i < width; ++i) {
      so_far[i] += static_cast<double>(x[at + i]);
      y[at + i] = static_cast<float>(so_far[i]);
    }
  }
}
HWY_INLINE void sum_of_lines(const double* x, double* y, std::int64_t n, std::int64_t inner, std::int64_t width,
                             bool reverse) {
  detail::Total<double> so_far[Lines::kAbreast];
  for (std::int64_t k = 0; k < n; ++k) {
    const std::int64_t at = (reverse ? n - 1 - k : k) * inner;
    for (std::int64_t i = 0; i < width; ++i) {
      so_far[i].add(x[at + i]);
      y[at + i] = so_far[i].value();
    }
  }
}

template <class T>
void sum(const void* x_lines, void* y_lines, Lines lines, bool reverse, std::int64_t first, std::int64_t last) {
  if constexpr (std::is_floating_point_v<T>) {
    const T* x = static_cast<const T*>(x_lines);
    T* y = static_cast<T*>(y_lines);
    for (std::int64_t block = first; block < last; ++block) {
      const std::int64_t o = block / lines.blocks_each(), begin = block % lines.blocks_each() * Lines::kAbreast,
                         at = o * lines.n * lines.inner + begin;
      if (lines.inner == 1)
        sum_of_row(x + at, y + at, lines.n, reverse);
      else
        sum_of_lines(x + at, y + at, lines.n, lines.inner, std::min(Lines::kAbreast, lines.inner - begin), reverse);
    }
  } else {
    walk<T, SumOf<T>>(x_lines, y_lines, lines, reverse, first, last,
                      [](SumOf<T>& so_far, auto one) { so_far.add(one); });
  }
}

// A running product of float32: product·2^exponent, where |product| lies between 2^−300 and 2^300 unless it is 0,
// infinite or NaN. The scale is 2^exponent, or beyond what a float32 can tell from 0 and infinity.
struct Running {
  double product = 1, exponent = 0, scale = 1;

  bool is_moderate() const {
    const double size = std::abs(product);
    return (size <= 0x1p300 && size >= 0x1p-300) || size == 0;
  }
  void moderate() {
    const bool is_large = std::abs(product) > 1;
    product *= is_large ? 0x1p-600 : 0x1p600;
    exponent += is_large ? 600 : -600;
    scale = std::ldexp(1.0, static_cast<int>(std::min(std::max(exponent, -1000.0), 1000.0)));
  }
  void times(double x) {
    product *= x;
    if (!is_moderate()) moderate();
  }
  float value() const { return static_cast<float>(product * scale); }
};

HWY_INLINE void product_of_row(const float* x, float* y, std::int64_t n, bool reverse) {
  const std::int64_t step = reverse ? -1 : 1;
  Running running;
  std::int64_t k = 0;
  const auto one_by_one = [&](std::int64_t end) {
    for (std::int64_t at = reverse ? n - 1 - k : k; k < end; ++k, at += step) {
      running.times(static_cast<double>(x[at]));
      y[at] = running.value();
    }
  };
  while (k + kWidth <= n) {
    const std::int64_t at = reverse ? n - k - kWidth : k;
    Eight<Multiply> eight;
    eight.load(x + at, reverse);
    if (!eight.lies_within(0x1p-60, 0x1p60)) {
      one_by_one(k + kWidth);
      continue;
    }
    eight.run();
    const double last = first_of(eight.last());
    eight.combine(everywhere(running.product));
    if (running.exponent != 0) eight.combine(everywhere(running.scale));
    eight.store(y + at, reverse);
    running.times(last);
    k += kWidth;
  }
  one_by_one(n);
}
// Lines abreast.
void product_of_lines(const float* x, float* y, std::int64_t n, std::int64_t inner, std::int64_t width, bool reverse) {
  double product[Lines::kAbreast], scale[Lines::kAbreast], exponent[Lines::kAbreast];
  for (std::int64_t i = 0; i < width; ++i) {
    product[i] = scale[i] = 1;
    exponent[i] = 0;
  }
  for (std::int64_t k = 0; k < n; ++k) {
    const std::int64_t at = (reverse ? n - 1 - k : k) * inner;
    for (std::int64_t i = 0; i < width; ++i) {
      product[i] *= static_cast<double>(x[at + i]);
      y[at + i] = static_cast<float>(product[i] * scale[i]);
    }
    std::uint64_t beyond = 0;
    for (std::int64_t i = 0; i < width; ++i) {
      const double size = std::abs(product[i]);
      beyond += static_cast<std::uint64_t>(size > 0x1p300) + static_cast<std::uint64_t>(size < 0x1p-300);
    }
    if (beyond == 0) continue;
    for (std::int64_t i = 0; i < width; ++i) {
      Running one = {product[i], exponent[i], scale[i]};
      if (one.is_moderate()) continue;
      one.moderate();
      product[i] = one.product, exponent[i] = one.exponent, scale[i] = one.scale;
    }
  }
}

template <class T>
void product(const void* x_lines, void* y_lines, Lines lines, bool reverse, std::int64_t first, std::int64_t last) {
  if constexpr (std::is_same_v<T, float>) {
    const T* x = static_cast<const T*>(x_lines);
    T* y = static_cast<T*>(y_lines);
    for (std::int64_t block = first; block < last; ++block) {
      const std::int64_t o = block / lines.blocks_each(), begin = block % lines.blocks_each() * Lines::kAbreast,
                         at = o * lines.n * lines.inner + begin;
      if (lines.inner == 1)
        product_of_row(x + at, y + at, lines.n, reverse);
      else
        product_of_lines(x + at, y + at, lines.n, lines.inner, std::min(Lines::kAbreast, lines.inner - begin), reverse);
    }
  } else {
    walk<T, ProductOf<T>>(x_lines, y_lines, lines, reverse, first, last,
                          [](ProductOf<T>& so_far, auto one) { so_far.times(one); });
  }
}

constexpr detail::PrefixKernels kTable = {
    .sum = {sum<float>, sum<double>, sum<std::int64_t>},
    .product = {product<float>, product<double>, product<std::int64_t>},
};

RETROGRAD_END_KERNELS(PrefixKernels, prefix_kernels);
