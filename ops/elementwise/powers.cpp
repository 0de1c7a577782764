#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/elementwise/powers.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../../core/kernels/simd-inl.h"

#ifndef RETROGRAD_OPS_POWERS_KERNELS
#define RETROGRAD_OPS_POWERS_KERNELS
namespace retrograd {
struct PowerKernels {
  detail::ByDtype<detail::UnaryRun> sqrt, rsqrt;
};
}  // namespace retrograd
#endif

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace {

struct Sqrt {
  template <class D, class V>
  V operator()(D, V x) const {
    return hn::Sqrt(x);
  }
};
struct Rsqrt {
  template <class D, class V>
  V operator()(D d, V x) const {
    return hn::Div(hn::Set(d, static_cast<hn::TFromD<D>>(1)), hn::Sqrt(x));
  }
};

const PowerKernels* power_kernels() {
  static constexpr PowerKernels kKernels = {unary_floats<Sqrt>(), unary_floats<Rsqrt>()};
  return &kKernels;
}

}  // namespace
}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <cmath>
#include <type_traits>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/compute/map.h"
#include "../../core/compute/zip.h"
#include "../../core/tape/tape.h"
#include "../../core/tensor/walk.h"
#include "arithmetic.h"
#include "comparison.h"
#include "exponential.h"
#include "logic.h"
#include "powers.h"

namespace retrograd {

namespace {

const PowerKernels& kernels() { return *RETROGRAD_DISPATCH(power_kernels)(); }

}  // namespace

// d√x = dx/(2√x)
Tensor sqrt(const Tensor& x) {
  Tensor y = detail::map("sqrt", kernels().sqrt, x);
  if (!is_recorded(x)) return y;
  return record("sqrt", y, wrt(x, [y](const Tensor& g) { return 0.5 * g / y; }));
}

// d x^(−1/2) = −y/2x·dx
Tensor rsqrt(const Tensor& x) {
  Tensor y = detail::map("rsqrt", kernels().rsqrt, x);
  if (!is_recorded(x)) return y;
  return record("rsqrt", y, wrt(x, [x, y](const Tensor& g) { return -0.5 * g * y / x; }));
}

namespace {

// The exponents that derivatives of the common powers lead to need no call of the C library's pow.
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
  for (std::int64_t i = 0; i < n; ++i) y[i] = std::pow(a[i * a_step], b[i * b_step]);
}

// By squaring; unsigned, so that it may wrap around. The exponents are not negative.
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

constexpr detail::ByDtype<detail::BinaryRun> kPower = {power_run<float>, power_run<double>, whole_power_run, nullptr,
                                                       nullptr};

void check_whole_exponents(const Tensor& b) {
  detail::for_each_run<1>(
      b.shape(), {&b}, [&](std::array<const void*, 1> at, std::array<std::int64_t, 1> step, std::int64_t n) {
        const auto* values = static_cast<const std::int64_t*>(at[0]);
        for (std::int64_t i = 0; i < n; ++i)
          if (values[i * step[0]] < 0)
            fail("pow: an int64 base takes no negative exponent, got {}; astype to float64 does", values[i * step[0]]);
      });
}

// b(b − 1)…(b − k + 1)·a^(b−k), the k-th derivative in a, for k of 1 or 2. Not with the exponent b − k, whose rounding
// would count ln a times, but from y = a^b over aᵏ; and where y leaves its range, from a^(b−k) after all where b − k is
// exact, else from the root of y, twice.
template <int k, class T>
T power_derivative_at(T a, T b) {
  using Wide = std::conditional_t<std::is_same_v<T, float>, double, T>;
  const Wide x = a, e = b, factor = k == 1 ? e : e * (e - 1);
  if (factor == 0) return 0;
  const bool is_special = a == 0 || !std::isfinite(a) || !std::isfinite(b);
  const Wide y = std::pow(x, e);
  if (is_special || std::isnan(y)) {
    const Wide power = std::pow(x, e - k);
    return static_cast<T>(power == 0 ? power : factor * power);  // also where the factor is infinite
  }
  constexpr Wide kLarge = static_cast<Wide>(0x1p900);
  const auto divided = [x](Wide value) { return k == 1 ? value / x : value / x / x; };
  if (std::abs(y) < kLarge && std::abs(y) > 1 / kLarge) {
    const Wide quotient = divided(y);
    const bool fits = std::abs(quotient) < kLarge && std::abs(quotient) > 1 / kLarge;
    return static_cast<T>(fits ? factor * quotient : divided(factor * y));
  }
  if (b >= 1) {  // then b − k is exact, and y may be far below what a^(b−k) is
    const Wide power = std::pow(x, e - k);
    if (std::isnormal(power) && std::isfinite(factor)) return static_cast<T>(factor * power);
    const Wide half = std::pow(std::abs(x), (e - k) / 2), signed_half = std::copysign(half, power);
    return static_cast<T>((e * signed_half) * (k == 1 ? half : (e - 1) * half));
  }
  const Wide root = std::pow(std::abs(x), e / 2);
  // Each factor is about the root of the result, so that none leaves the range where it does not.
  const Wide first = k == 1 ? e * root : e * root / x, second = k == 1 ? root / x : (e - 1) * root / x;
  return static_cast<T>(std::copysign(Wide{1}, y) * first * second);
}
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
  for (std::int64_t i = 0; i < n; ++i) y[i] = power_derivative_at<k>(a[i * a_step], b[i * b_step]);
}
template <int k>
constexpr detail::ByDtype<detail::BinaryRun> kPowerDerivative = {
    power_derivative_run<k, float>, power_derivative_run<k, double>, nullptr, nullptr, nullptr};

// The derivative of y = a^b in b, times g. ln 1 is put in the place of ln a at a = 0 with b ≥ 0, and where a is
// infinite and the power 0.
Tensor slope_in_exponent(const Tensor& g, const Tensor& a, const Tensor& b, const Tensor& y) {
  const Tensor is_flat = ((a == 0) & (b >= 0)) | (isinf(a) & (a > 0) & (y == 0));
  return g * (y * log(where(is_flat, 1, a)));
}

// The k-th derivative f·a^(b−k) in a, with f = b for k = 1 and b(b − 1) for 2; where f is 0, so is it, at a = 0 too. In
// b by the product rule, where an exponent 0 stands for b − k at a = f = 0.
template <int k>
Tensor power_derivative(const Tensor& a, const Tensor& b) {
  const auto in_base = [a, b](const Tensor& g) {
    if constexpr (k == 1) return g * power_derivative<2>(a, b);
    const Tensor factor = b * (b - 1), none = (a == 0) & (factor == 0);
    return where(none, 0, g * (factor * where(none, 1, power_derivative<1>(a, b - 2))));
  };
  const auto in_exponent = [a, b](const Tensor& g) {
    const Tensor factor = k == 1 ? b : b * (b - 1), slope = k == 1 ? ones({}, b.dtype()) : 2 * b - 1;
    const Tensor left = where((a == 0) & (factor == 0), 0, b - k), power = pow(a, left);
    return g * (slope * power) + slope_in_exponent(g * factor, a, left, power);
  };
  return record("pow_slope", detail::zip("pow_slope", kPowerDerivative<k>, a, b), wrt(a, in_base), wrt(b, in_exponent));
}

Tensor slope_in_base(const Tensor& g, const Tensor& a, const Tensor& b) {
  const bool is_flat = !is_recorded(b) && b.size() == 1 && b.item<double>() == 0;
  return is_flat ? zeros(g.shape(), g.dtype()) : g * power_derivative<1>(a, b);
}

}  // namespace

// d a^b = b·a^(b−1)·da + a^b·ln a·db
Tensor pow(const Operand& left, const Operand& right) {
  const detail::OperandPair in("pow", left, right);
  const Tensor &a = in.a, &b = in.b;
  if (b.dtype() == int64 && a.size() > 0) check_whole_exponents(b);
  if (!is_recorded(a, b)) return detail::zip_reusing("pow", kPower, in);
  Tensor y = detail::zip("pow", kPower, a, b);
  if (!right.is_tensor()) return record("pow", y, wrt(a, [a, b](const Tensor& g) { return slope_in_base(g, a, b); }));
  return record("pow", y, wrt(a, [a, b](const Tensor& g) { return slope_in_base(g, a, b); }),
                wrt(b, [a, b, y](const Tensor& g) { return slope_in_exponent(g, a, b, y); }));
}

}  // namespace retrograd
#endif  // HWY_ONCE
