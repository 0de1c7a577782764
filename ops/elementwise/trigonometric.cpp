#include "trigonometric.h"

#include "../../core/compute/map.h"
#include "../../core/compute/zip.h"
#include "../../core/kernels/trigonometric.h"
#include "../../core/tape/record.h"
#include "arithmetic.h"
#include "rounding.h"

namespace retrograd {

namespace {
const detail::TrigonometricKernels& kernels() { return detail::trigonometric_kernels(); }
}  // namespace

// d sin x = cos x·dx
Tensor sin(const Tensor& x) {
  return record("sin", detail::map("sin", kernels().sin, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return g * cos(at); }, x));
}

// d cos x = −sin x·dx
Tensor cos(const Tensor& x) {
  return record("cos", detail::map("cos", kernels().cos, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return -(g * sin(at)); }, x));
}

// d tan x = (1 + y²)·dx
Tensor tan(const Tensor& x) {
  Tensor y = detail::map("tan", kernels().tan, x);
  return record("tan", std::move(y),
                wrt(
                    x, [](const Tensor& g, const Tensor& value) { return g * (1 + square(value)); }, Result{}));
}

namespace {
// r = (1 − x²)^(−1/2); dr = x·r³·dx
Tensor asin_slope(const Tensor& x) {
  Tensor r = detail::map("asin_slope", kernels().asin_slope, x);
  return record(
      "asin_slope", std::move(r),
      wrt(
          x, [](const Tensor& g, const Tensor& at, const Tensor& value) { return g * (at * value * square(value)); }, x,
          Result{}));
}

// r = 1/(1 + x²); dr = −2x·r²·dx
Tensor atan_slope(const Tensor& x) {
  Tensor r = detail::map("atan_slope", kernels().atan_slope, x);
  return record("atan_slope", std::move(r),
                wrt(
                    x,
                    [](const Tensor& g, const Tensor& at, const Tensor& value) {
                      return g * (detail::clamp_to_finite(at) * value * value * -2);
                    },
                    x, Result{}));
}

// r(a, b) = a/(a² + b²); with s = r(b, a): dr = (s² − r²)·da − 2rs·db
Tensor over_squares(const Tensor& a, const Tensor& b) {
  Tensor r = detail::zip("over_squares", kernels().over_squares, a, b);
  return record("over_squares", std::move(r),
                wrt(
                    a,
                    [](const Tensor& g, const Tensor& u, const Tensor& v, const Tensor& value) {
                      const Tensor s = over_squares(v, u);
                      return g * ((s - value) * (s + value));
                    },
                    a, b, Result{}),
                wrt(
                    b,
                    [](const Tensor& g, const Tensor& u, const Tensor& v, const Tensor& value) {
                      return -2 * g * value * over_squares(v, u);
                    },
                    a, b, Result{}));
}
}  // namespace

// d asin x = dx/√(1 − x²)
Tensor asin(const Tensor& x) {
  return record("asin", detail::map("asin", kernels().asin, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return g * asin_slope(at); }, x));
}

// d acos x = −dx/√(1 − x²)
Tensor acos(const Tensor& x) {
  return record("acos", detail::map("acos", kernels().acos, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return -(g * asin_slope(at)); }, x));
}

// d atan x = dx/(1 + x²)
Tensor atan(const Tensor& x) {
  return record("atan", detail::map("atan", kernels().atan, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return g * atan_slope(at); }, x));
}

// d atan2(a, b) = (b·da − a·db)/(a² + b²)
Tensor atan2(const Operand& left, const Operand& right) {
  const detail::OperandPair in("atan2", left, right);
  const Tensor &a = in.a, &b = in.b;
  return record(
      "atan2", detail::zip("atan2", kernels().atan2, a, b),
      wrt(
          a, [](const Tensor& g, const Tensor& u, const Tensor& v) { return g * over_squares(v, u); }, a, b),
      wrt(
          b, [](const Tensor& g, const Tensor& u, const Tensor& v) { return -(g * over_squares(u, v)); }, a, b));
}

}  // namespace retrograd
