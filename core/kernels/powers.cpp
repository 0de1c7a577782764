#define HWY_TARGET_INCLUDE "core/kernels/powers.cpp"
#include "powers.h"

#include <cmath>
#include <type_traits>

#include "power-inl.h"

RETROGRAD_BEGIN_KERNELS();

struct Sqrt {
  template <class D, class V>
  V operator()(D, V x) const {
    return hn::Sqrt(x);
  }
};
// x^(1/2), which unlike √x is 0 at −0 and ∞ at −∞.
struct RootPower {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V inf = infinity(d, x);
    return hn::IfThenElse(hn::Eq(x, hn::Neg(inf)), inf, hn::Sqrt(hn::Add(x, hn::Zero(d))));
  }
};
struct Rsqrt {
  template <class D, class V>
  V operator()(D d, V x) const {
    return hn::Div(hn::Set(d, static_cast<hn::TFromD<D>>(1)), hn::Sqrt(x));
  }
};

// Exponents that arise in derivatives of common powers avoid the C library's pow.
template <class T>
void power_run(const void* a_run, std::int64_t a_step, const void* b_run, std::int64_t b_step, void* y_run,
               std::int64_t n) {
  const T *a = static_cast<const T*>(a_run), *b = static_cast<const T*>(b_run);
  T* y = static_cast<T*>(y_run);
  const auto all = [&](auto f) {
    for (std::int64_t i = 0; i < n; ++i) y[i] = f(a[i * a_step]);
  };
  if (b_step == 0 && *b == T{1}) return all([](T x) { return x; });
  if (b_step == 0 && *b == T{2}) return all([](T x) { return x * x; });
  if (b_step == 0 && *b == T{3}) return all([](T x) { return x * x * x; });
  if (b_step == 0 && *b == T{-1}) return all([](T x) { return 1 / x; });
  if (b_step == 0 && *b == T{0.5} && a_step == 1) return map_run<RootPower, T>(a, y, n);
  if constexpr (sizeof(T) == sizeof(float))
    zip_run<Pow, T>(a_run, a_step, b_run, b_step, y_run, n);
  else
    for (std::int64_t i = 0; i < n; ++i) y[i] = std::pow(a[i * a_step], b[i * b_step]);
}

// By squaring; unsigned, so that overflow wraps around. The exponents are not negative.
void whole_power_run(const void* a_run, std::int64_t a_step, const void* b_run, std::int64_t b_step, void* y_run,
                     std::int64_t n) {
  const auto *a = static_cast<const std::int64_t*>(a_run), *b = static_cast<const std::int64_t*>(b_run);
  for (std::int64_t i = 0; i < n; ++i) {
    auto base = static_cast<std::uint64_t>(a[i * a_step]);
    std::uint64_t power = 1;
    for (std::int64_t left = b[i * b_step]; left > 0; left >>= 1, base *= base)
      if (left & 1) power *= base;
    static_cast<std::int64_t*>(y_run)[i] = static_cast<std::int64_t>(power);
  }
}

// b(b − 1)…(b − k + 1)·a^(b−k), the k-th derivative in a, for k = 1 or 2. The exponent b − k is avoided, since its
// rounding error would be multiplied by ln a: the power is y = a^b divided by aᵏ. If y leaves the range, it is a^(b−k)
// after all if b − k is exact, and otherwise the square root of y applied twice.
template <int k, class T>
T power_derivative_at(T a, T b) {
  using Wide = std::conditional_t<std::is_same_v<T, float>, double, T>;
  const Wide x = a, e = b, factor = k == 1 ? e : e * (e - 1);
  if (factor == 0) return 0;
  const bool is_special = a == 0 || !std::isfinite(a) || !std::isfinite(b);
  const Wide y = std::pow(x, e);
  if (is_special || std::isnan(y)) {
    const Wide power = std::pow(x, e - k);
    return static_cast<T>(power == 0 ? power : factor * power);  // even if the factor is infinite
  }
  constexpr Wide kLarge = static_cast<Wide>(0x1p900);
  const auto divided = [x](Wide value) { return k == 1 ? value / x : value / x / x; };
  if (std::abs(y) < kLarge && std::abs(y) > 1 / kLarge) {
    const Wide quotient = divided(y);
    const bool fits = std::abs(quotient) < kLarge && std::abs(quotient) > 1 / kLarge;
    return static_cast<T>(fits ? factor * quotient : divided(factor * y));
  }
  if (b >= 1) {  // b − k is exact, and y may be far below a^(b−k)
    const Wide power = std::pow(x, e - k);
    if (std::isnormal(power) && std::isfinite(factor)) return static_cast<T>(factor * power);
    const Wide half = std::pow(std::abs(x), (e - k) / 2), signed_half = std::copysign(half, power);
    return static_cast<T>((e * signed_half) * (k == 1 ? half : (e - 1) * half));
  }
  const Wide root = std::pow(std::abs(x), e / 2);
  // Each factor is about the square root of the result, so none overflows or underflows unless the result does.
  const Wide first = k == 1 ? e * root : e * root / x, second = k == 1 ? root / x : (e - 1) * root / x;
  return static_cast<T>(std::copysign(Wide{1}, y) * first * second);
}
// The same of float32 on vectors of float64, in which b − k is as good as exact and no factor leaves the range; what is
// no power of a positive number to a finite exponent is computed one by one.
template <int k>
struct PowerDerivativeWide {
  template <class D, class V>
  V operator()(D d, V a, V b) const {
    const V one = hn::Set(d, 1.0), factor = k == 1 ? b : hn::Mul(b, hn::Sub(b, one));
    const V y = hn::Mul(factor, PositivePower()(d, a, hn::Sub(b, hn::Set(d, double{k}))));
    return hn::IfThenZeroElse(hn::Eq(factor, hn::Zero(d)), y);
  }
};
template <int k>
struct PowerDerivative {
  template <class D, class V>
  V operator()(D d, V a, V b) const {
    const auto is_plain =
        hn::And(hn::And(hn::Gt(a, hn::Zero(d)), hn::Lt(a, infinity(d, a))), hn::Lt(hn::Abs(b), infinity(d, a)));
    const V y = in_doubles<PowerDerivativeWide<k>>(d, a, b);
    if (HWY_LIKELY(hn::AllTrue(d, is_plain))) return y;
    HWY_ALIGN float bases[hn::MaxLanes(d)];
    HWY_ALIGN float exponents[hn::MaxLanes(d)];
    hn::Store(a, d, bases);
    hn::Store(b, d, exponents);
    for (std::size_t i = 0; i < hn::Lanes(d); ++i) bases[i] = power_derivative_at<k>(bases[i], exponents[i]);
    return hn::IfThenElse(is_plain, y, hn::Load(d, bases));
  }
};
template <int k, class T>
void power_derivative_run(const void* a_run, std::int64_t a_step, const void* b_run, std::int64_t b_step, void* y_run,
                          std::int64_t n) {
  const T *a = static_cast<const T*>(a_run), *b = static_cast<const T*>(b_run);
  T* y = static_cast<T*>(y_run);
  const auto all = [&](auto f) {
    for (std::int64_t i = 0; i < n; ++i) y[i] = f(a[i * a_step]);
  };
  if (b_step == 0 && *b == T{2}) return all([](T x) { return k == 1 ? 2 * x : T{2}; });
  if (b_step == 0 && *b == T{3}) return all([](T x) { return k == 1 ? 3 * (x * x) : 6 * x; });
  if constexpr (sizeof(T) == sizeof(float))
    zip_run<PowerDerivative<k>, T>(a_run, a_step, b_run, b_step, y_run, n);
  else
    for (std::int64_t i = 0; i < n; ++i) y[i] = power_derivative_at<k>(a[i * a_step], b[i * b_step]);
}
template <int k>
constexpr detail::ByDtype<detail::BinaryRun> power_derivative() {
  return detail::floats<detail::BinaryRun>(power_derivative_run<k, float>, power_derivative_run<k, double>);
}

std::int64_t find_negative(const void* x_run, std::int64_t n) {
  const auto* x = static_cast<const std::int64_t*>(x_run);
  std::int64_t i = 0;
  while (i < n && x[i] >= 0) ++i;
  return i;
}

constexpr detail::PowerKernels kTable = {
    .sqrt = unary_floats<Sqrt>(),
    .rsqrt = unary_floats<Rsqrt>(),
    .pow = {power_run<float>, power_run<double>, whole_power_run},
    .pow_slope = power_derivative<1>(),
    .pow_bend = power_derivative<2>(),
    .find_negative = {nullptr, nullptr, find_negative},
};

RETROGRAD_END_KERNELS(PowerKernels, power_kernels);
