#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/elementwise/trigonometric.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../../core/kernels/math-inl.h"

#ifndef RETROGRAD_OPS_TRIGONOMETRIC_KERNELS
#define RETROGRAD_OPS_TRIGONOMETRIC_KERNELS
namespace retrograd {
struct TrigonometricKernels {
  detail::ByDtype<detail::UnaryRun> sin, cos;
};
}  // namespace retrograd
#endif

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace {
const TrigonometricKernels* trigonometric_kernels() {
  static constexpr TrigonometricKernels kKernels = {unary_floats<Sin>(), unary_floats<Cos>()};
  return &kKernels;
}
}  // namespace
}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <cmath>

#include "../../core/compute/map.h"
#include "../../core/compute/zip.h"
#include "../../core/tape/tape.h"
#include "arithmetic.h"
#include "rounding.h"
#include "scalar_kernels.h"
#include "trigonometric.h"

namespace retrograd {

namespace {
const TrigonometricKernels& kernels() { return *RETROGRAD_DISPATCH(trigonometric_kernels)(); }

constexpr auto kTan = detail::scalar_unary([](auto x) { return std::tan(x); });
constexpr auto kAsin = detail::scalar_unary([](auto x) { return std::asin(x); });
constexpr auto kAcos = detail::scalar_unary([](auto x) { return std::acos(x); });
constexpr auto kAtan = detail::scalar_unary([](auto x) { return std::atan(x); });
constexpr auto kAtan2 = detail::scalar_binary([](auto a, auto b) { return std::atan2(a, b); });
// 1/(1 + x²), of a large x (1/x)/(x + 1/x): the square would overflow where the slope is still a number.
constexpr auto kAtanSlope = detail::scalar_unary([](auto x) {
  if (!(std::abs(x) > 1)) return 1 / (1 + x * x);
  const auto inverse = 1 / x;
  return inverse / (x + inverse);
});
constexpr auto kAsinSlope = detail::scalar_unary([](auto x) { return 1 / std::sqrt((1 - x) * (1 + x)); });
// a/(a² + b²) without the squares, which overflow: (1/a)/(1 + (b/a)²), or (a/b)/(1 + (a/b)²)/b where b is the larger.
constexpr auto kOverSquares = detail::scalar_binary([](auto a, auto b) {
  using T = decltype(a);
  if (std::isinf(a) || std::isinf(b)) return std::isnan(a) || std::isnan(b) ? a + b : std::copysign(T(0), a);
  if (std::abs(a) >= std::abs(b)) {
    const T ratio = b / a;
    return 1 / a / (1 + ratio * ratio);
  }
  const T ratio = a / b;
  return ratio / (1 + ratio * ratio) / b;
});
}  // namespace

// d sin x = cos x·dx
Tensor sin(const Tensor& x) {
  return record("sin", detail::map("sin", kernels().sin, x), wrt(x, [x](const Tensor& g) { return g * cos(x); }));
}

// d cos x = −sin x·dx
Tensor cos(const Tensor& x) {
  return record("cos", detail::map("cos", kernels().cos, x), wrt(x, [x](const Tensor& g) { return -(g * sin(x)); }));
}

// d tan x = (1 + y²)·dx
Tensor tan(const Tensor& x) {
  Tensor y = detail::map("tan", kTan, x);
  return record("tan", y, wrt(x, [y](const Tensor& g) { return g * (1 + square(y)); }));
}

namespace {
// r = (1 − x²)^(−1/2); dr = x·r³·dx
Tensor asin_slope(const Tensor& x) {
  Tensor r = detail::map("asin_slope", kAsinSlope, x);
  return record("asin_slope", r, wrt(x, [x, r](const Tensor& g) { return g * (x * r * square(r)); }));
}

// r = 1/(1 + x²); dr = −2x·r²·dx
Tensor atan_slope(const Tensor& x) {
  Tensor r = detail::map("atan_slope", kAtanSlope, x);
  return record("atan_slope", r,
                wrt(x, [x, r](const Tensor& g) { return g * (detail::clamp_to_finite(x) * r * r * -2); }));
}

// r(a, b) = a/(a² + b²); with s = r(b, a): dr = (s² − r²)·da − 2rs·db
Tensor over_squares(const Tensor& a, const Tensor& b) {
  Tensor r = detail::zip("over_squares", kOverSquares, a, b);
  return record("over_squares", r,
                wrt(a,
                    [a, b, r](const Tensor& g) {
                      const Tensor s = over_squares(b, a);
                      return g * ((s - r) * (s + r));
                    }),
                wrt(b, [a, b, r](const Tensor& g) { return -2 * g * r * over_squares(b, a); }));
}
}  // namespace

// d asin x = dx/√(1 − x²)
Tensor asin(const Tensor& x) {
  return record("asin", detail::map("asin", kAsin, x), wrt(x, [x](const Tensor& g) { return g * asin_slope(x); }));
}

// d acos x = −dx/√(1 − x²)
Tensor acos(const Tensor& x) {
  return record("acos", detail::map("acos", kAcos, x), wrt(x, [x](const Tensor& g) { return -(g * asin_slope(x)); }));
}

// d atan x = dx/(1 + x²)
Tensor atan(const Tensor& x) {
  return record("atan", detail::map("atan", kAtan, x), wrt(x, [x](const Tensor& g) { return g * atan_slope(x); }));
}

// d atan2(a, b) = (b·da − a·db)/(a² + b²)
Tensor atan2(const Operand& left, const Operand& right) {
  const detail::OperandPair in("atan2", left, right);
  const Tensor &a = in.a, &b = in.b;
  return record("atan2", detail::zip("atan2", kAtan2, a, b),
                wrt(a, [a, b](const Tensor& g) { return g * over_squares(b, a); }),
                wrt(b, [a, b](const Tensor& g) { return -(g * over_squares(a, b)); }));
}

}  // namespace retrograd
#endif  // HWY_ONCE
