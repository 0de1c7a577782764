#include "hyperbolic.h"

#include <cmath>

#include "../core/tape.h"
#include "arithmetic.h"
#include "rounding.h"
#include "scalar_kernels.h"

namespace retrograd {

namespace {

constexpr auto kSinh = detail::scalar_unary([](auto x) { return std::sinh(x); });
constexpr auto kCosh = detail::scalar_unary([](auto x) { return std::cosh(x); });
constexpr auto kAsinh = detail::scalar_unary([](auto x) { return std::asinh(x); });
constexpr auto kAcosh = detail::scalar_unary([](auto x) { return std::acosh(x); });
constexpr auto kAtanh = detail::scalar_unary([](auto x) { return std::atanh(x); });
// Neither overflows where the slope is a number.
constexpr auto kAsinhSlope = detail::scalar_unary([](auto x) { return 1 / std::hypot(x, decltype(x)(1)); });
constexpr auto kAcoshSlope = detail::scalar_unary([](auto x) { return 1 / (std::sqrt(x - 1) * std::sqrt(x + 1)); });

// r = (x² ± 1)^(−1/2); dr = −x·r³·dx
Tensor slope(const char* op, const detail::ByDtype<detail::UnaryRun>& kernel, const Tensor& x) {
  Tensor r = detail::map(op, kernel, x);
  return record(op, r, wrt(x, [x, r](const Tensor& g) { return -(g * (detail::finite(x) * r * square(r))); }));
}

}  // namespace

// d sinh x = cosh x·dx
Tensor sinh(const Tensor& x) {
  return record("sinh", detail::map("sinh", kSinh, x), wrt(x, [x](const Tensor& g) { return g * cosh(x); }));
}

// d cosh x = sinh x·dx
Tensor cosh(const Tensor& x) {
  return record("cosh", detail::map("cosh", kCosh, x), wrt(x, [x](const Tensor& g) { return g * sinh(x); }));
}

// d asinh x = dx/√(x² + 1)
Tensor asinh(const Tensor& x) {
  return record("asinh", detail::map("asinh", kAsinh, x),
                wrt(x, [x](const Tensor& g) { return g * slope("asinh_slope", kAsinhSlope, x); }));
}

// d acosh x = dx/√(x² − 1)
Tensor acosh(const Tensor& x) {
  return record("acosh", detail::map("acosh", kAcosh, x),
                wrt(x, [x](const Tensor& g) { return g * slope("acosh_slope", kAcoshSlope, x); }));
}

// d atanh x = dx/(1 − x²), which is left in factors: near ±1 the square would cancel
Tensor atanh(const Tensor& x) {
  return record("atanh", detail::map("atanh", kAtanh, x),
                wrt(x, [x](const Tensor& g) { return g / ((1 - x) * (1 + x)); }));
}

}  // namespace retrograd
