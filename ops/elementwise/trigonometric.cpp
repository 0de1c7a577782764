#include "trigonometric.h"

#include "../../core/compute/map.h"
#include "../../core/compute/zip.h"
#include "../../core/kernels/trigonometric.h"
#include "../../core/tape/tape.h"
#include "arithmetic.h"
#include "rounding.h"

namespace retrograd {

namespace {
const detail::TrigonometricKernels& kernels() { return detail::trigonometric_kernels(); }
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
  Tensor y = detail::map("tan", kernels().tan, x);
  return record("tan", y, wrt(x, [y](const Tensor& g) { return g * (1 + square(y)); }));
}

namespace {
// r = (1 − x²)^(−1/2); dr = x·r³·dx
Tensor asin_slope(const Tensor& x) {
  Tensor r = detail::map("asin_slope", kernels().asin_slope, x);
  return record("asin_slope", r, wrt(x, [x, r](const Tensor& g) { return g * (x * r * square(r)); }));
}

// r = 1/(1 + x²); dr = −2x·r²·dx
Tensor atan_slope(const Tensor& x) {
  Tensor r = detail::map("atan_slope", kernels().atan_slope, x);
  return record("atan_slope", r,
                wrt(x, [x, r](const Tensor& g) { return g * (detail::clamp_to_finite(x) * r * r * -2); }));
}

// r(a, b) = a/(a² + b²); with s = r(b, a): dr = (s² − r²)·da − 2rs·db
Tensor over_squares(const Tensor& a, const Tensor& b) {
  Tensor r = detail::zip("over_squares", kernels().over_squares, a, b);
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
  return record("asin", detail::map("asin", kernels().asin, x),
                wrt(x, [x](const Tensor& g) { return g * asin_slope(x); }));
}

// d acos x = −dx/√(1 − x²)
Tensor acos(const Tensor& x) {
  return record("acos", detail::map("acos", kernels().acos, x),
                wrt(x, [x](const Tensor& g) { return -(g * asin_slope(x)); }));
}

// d atan x = dx/(1 + x²)
Tensor atan(const Tensor& x) {
  return record("atan", detail::map("atan", kernels().atan, x),
                wrt(x, [x](const Tensor& g) { return g * atan_slope(x); }));
}

// d atan2(a, b) = (b·da − a·db)/(a² + b²)
Tensor atan2(const Operand& left, const Operand& right) {
  const detail::OperandPair in("atan2", left, right);
  const Tensor &a = in.a, &b = in.b;
  return record("atan2", detail::zip("atan2", kernels().atan2, a, b),
                wrt(a, [a, b](const Tensor& g) { return g * over_squares(b, a); }),
                wrt(b, [a, b](const Tensor& g) { return -(g * over_squares(a, b)); }));
}

}  // namespace retrograd
