#define HWY_TARGET_INCLUDE "core/kernels/rounding.cpp"
#include "rounding.h"

#include <algorithm>
#include <cmath>

#include "math-inl.h"

RETROGRAD_BEGIN_KERNELS();

struct Floor {
  template <class D, class V>
  V operator()(D, V x) const {
    return hn::Floor(x);
  }
};
struct Ceil {
  template <class D, class V>
  V operator()(D, V x) const {
    return hn::Ceil(x);
  }
};
struct Round {  // to even
  template <class D, class V>
  V operator()(D, V x) const {
    return hn::Round(x);
  }
};
struct Trunc {
  template <class D, class V>
  V operator()(D, V x) const {
    return hn::Trunc(x);
  }
};
struct Same {
  static std::int64_t plain(std::int64_t x) { return x; }
};
template <class Op>
constexpr detail::ByDtype<detail::UnaryRun> rounding() {
  return {map_run<Op, float>, map_run<Op, double>, plain_map_run<Same, std::int64_t>, nullptr, nullptr};
}

// a − q·b with the rounded quotient truncated to q: exact if the product is fused and q has no more digits than a
// number, and b too much has been taken if a/b was rounded up to a whole number. The C library does the rest.
struct Fmod {
  template <class D, class V>
  V operator()(D d, V a, V b) const {
    using T = hn::TFromD<D>;
#if HWY_NATIVE_FMA
    const V q = hn::Trunc(hn::Div(a, b)), left = hn::NegMulAdd(q, b, a), zero = hn::Zero(d);
    const auto in_range = hn::And(hn::Lt(hn::Abs(q), hn::Set(d, static_cast<T>(sizeof(T) == 4 ? 0x1p24 : 0x1p53))),
                                  hn::Lt(hn::Abs(b), infinity(d, b)));
    const auto is_over = hn::Lt(hn::Xor(left, hn::And(a, hn::SignBit(d))), zero);
    const V near = hn::CopySign(hn::IfThenElse(is_over, hn::Sub(hn::Abs(b), hn::Abs(left)), left), a);
    if (HWY_LIKELY(hn::AllTrue(d, in_range))) return near;
#endif
    HWY_ALIGN T lanes[hn::MaxLanes(d)];
    HWY_ALIGN T divisors[hn::MaxLanes(d)];
    hn::Store(a, d, lanes);
    hn::Store(b, d, divisors);
    for (std::size_t i = 0; i < hn::Lanes(d); ++i) lanes[i] = std::fmod(lanes[i], divisors[i]);
    return hn::Load(d, lanes);
  }
  static std::int64_t plain(std::int64_t a, std::int64_t b) {
    return b == -1 ? 0 : a % b;  // the smallest number by −1 overflows in C
  }
};
struct AtLeast {
  template <class D, class V>
  V operator()(D, V x, V low) const {
    return keep_nan(x, hn::IfThenElse(hn::Gt(x, low), x, low));
  }
  static std::int64_t plain(std::int64_t x, std::int64_t low) { return x > low ? x : low; }
};
struct AtMost {
  template <class D, class V>
  V operator()(D, V x, V high) const {
    return keep_nan(x, hn::IfThenElse(hn::Lt(x, high), x, high));
  }
  static std::int64_t plain(std::int64_t x, std::int64_t high) { return x < high ? x : high; }
};

template <class T>
void between_run(const void* x_run, const void* low_run, const void* high_run, void* y_run, std::int64_t n) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const T *x = static_cast<const T*>(x_run), *low_at = static_cast<const T*>(low_run);
  const T* high_at = static_cast<const T*>(high_run);
  T* y = static_cast<T*>(y_run);
  const auto low = hn::Set(d, *low_at), high = hn::Set(d, *high_at);
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes) hn::StoreU(AtMost()(d, AtLeast()(d, hn::LoadU(d, x + i), low), high), d, y + i);
  if (i == n) return;
  zip_run<AtLeast, T>(x + i, 1, low_at, 0, y + i, n - i);
  zip_run<AtMost, T>(y + i, 1, high_at, 0, y + i, n - i);
}
void between_whole(const void* x_run, const void* low_run, const void* high_run, void* y_run, std::int64_t n) {
  const auto* x = static_cast<const std::int64_t*>(x_run);
  auto* y = static_cast<std::int64_t*>(y_run);
  const std::int64_t low = *static_cast<const std::int64_t*>(low_run),
                     high = *static_cast<const std::int64_t*>(high_run);
  for (std::int64_t i = 0; i < n; ++i) y[i] = AtMost::plain(AtLeast::plain(x[i], low), high);
}

std::int64_t find_zero(const void* x_run, std::int64_t n) {
  const auto* x = static_cast<const std::int64_t*>(x_run);
  return std::find(x, x + n, 0) - x;
}

constexpr detail::RoundingKernels kTable = {
    .floor = rounding<Floor>(),
    .ceil = rounding<Ceil>(),
    .round = rounding<Round>(),
    .trunc = rounding<Trunc>(),
    .fmod = binary_numbers<Fmod>(),
    .at_least = binary_numbers<AtLeast>(),
    .at_most = binary_numbers<AtMost>(),
    .between = {between_run<float>, between_run<double>, between_whole, nullptr, nullptr},
    .find_zero = {nullptr, nullptr, find_zero},
};

RETROGRAD_END_KERNELS(RoundingKernels, rounding_kernels);
