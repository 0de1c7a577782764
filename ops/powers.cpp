#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/powers.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../core/simd-inl.h"

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

#include "../core/creation.h"
#include "../core/error.h"
#include "../core/tape.h"
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

// d x^(−1/2) = −x^(−3/2)·dx/2
Tensor rsqrt(const Tensor& x) {
  Tensor y = detail::map("rsqrt", kernels().rsqrt, x);
  if (!is_recorded(x)) return y;
  return record("rsqrt", y, wrt(x, [y](const Tensor& g) { return -0.5 * g * y * y * y; }));
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

// The derivative of a^e for a number e, times g.
Tensor slope_of_power(const Tensor& g, const Tensor& a, double e) {
  if (e == 0) return zeros(g.shape(), g.dtype());
  if (!std::isinf(e)) return g * (e * pow(a, e - 1));
  const Tensor y = pow(a, e);  // 0 on one side of 1, where it is flat, and infinite on the other
  const Tensor flat = y == 0;
  return g * where(flat, 0, e * where(flat, 1, y));  // 0 times the infinite e never comes up
}

// The derivative in a, times g. At a = b = 0, where it is 0·0^(−1), the exponent 0 is put in the place of −1; an
// infinite exponent counts only where the power is not flat.
Tensor slope_in_base(const Tensor& g, const Tensor& a, const Tensor& b) {
  const Tensor power = pow(a, where((a == 0) & (b == 0), 1, b) - 1);
  const Tensor flat = isinf(b) & (power == 0);
  return g * (where(flat, 0, b) * power);
}

// The derivative in b, times g. Where the power is 0, and at a = b = 0, ln 1 is put in the place of ln a.
Tensor slope_in_exponent(const Tensor& g, const Tensor& a, const Tensor& b, const Tensor& y) {
  return g * (y * log(where((y == 0) | ((a == 0) & (b == 0)), 1, a)));
}

}  // namespace

// d a^b = b·a^(b−1)·da + a^b·ln a·db
Tensor pow(const Operand& left, const Operand& right) {
  const detail::OperandPair in("pow", left, right);
  const Tensor &a = in.a, &b = in.b;
  if (b.dtype() == int64 && a.size() > 0) check_whole_exponents(b);
  if (!is_recorded(a, b)) return detail::zip_reusing("pow", kPower, in);
  Tensor y = detail::zip("pow", kPower, a, b);
  if (!right.is_tensor())
    return record("pow", y, wrt(a, [a, e = b.item<double>()](const Tensor& g) { return slope_of_power(g, a, e); }));
  return record("pow", y, wrt(a, [a, b](const Tensor& g) { return slope_in_base(g, a, b); }),
                wrt(b, [a, b, y](const Tensor& g) { return slope_in_exponent(g, a, b, y); }));
}

}  // namespace retrograd
#endif  // HWY_ONCE
