#include "hyperbolic.h"

#include <cmath>

#include "../../core/tape/tape.h"
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
// None overflows where the slope is a number.
constexpr auto kAsinhSlope = detail::scalar_unary([](auto x) { return 1 / std::hypot(x, decltype(x)(1)); });
constexpr auto kAcoshSlope = detail::scalar_unary([](auto x) { return 1 / (std::sqrt(x - 1) * std::sqrt(x + 1)); });
constexpr auto kAtanhSlope = detail::scalar_unary([](auto x) { return 1 / ((1 - x) * (1 + x)); });

// asinh and acosh: r = (x² ± 1)^(−1/2), dr = −b·dx with b = x·r³, and db = r³·(±3r² − 2)·dx, in which nothing cancels
// where acosh has its pole.
struct Root {
  const char *slope, *bend;
  const detail::ByDtype<detail::UnaryRun>& kernel;
  double sign;
};
constexpr Root kAsinhRoot = {"asinh_slope", "asinh_bend", kAsinhSlope, 1},
               kAcoshRoot = {"acosh_slope", "acosh_bend", kAcoshSlope, -1};

Tensor bend(const Root* of, const Tensor& x, const Tensor& r) {
  const Tensor b = [&] {
    const NoTape compute_only;
    return detail::clamp_to_finite(x) * r * square(r);
  }();
  return record(of->bend, b,
                wrt(x, [of, r](const Tensor& g) { return g * (r * square(r) * (3 * of->sign * square(r) - 2)); }));
}
Tensor slope(const Root* of, const Tensor& x) {
  Tensor r = detail::map(of->slope, of->kernel, x);
  return record(of->slope, r, wrt(x, [of, x, r](const Tensor& g) { return -(g * bend(of, x, r)); }));
}

// r = 1/(1 − x²), in factors: near ±1 the square would cancel; dr = 2x·r²·dx
Tensor atanh_slope(const Tensor& x) {
  Tensor r = detail::map("atanh_slope", kAtanhSlope, x);
  return record("atanh_slope", r,
                wrt(x, [x, r](const Tensor& g) { return g * (2 * detail::clamp_to_finite(x) * square(r)); }));
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
                wrt(x, [x](const Tensor& g) { return g * slope(&kAsinhRoot, x); }));
}

// d acosh x = dx/√(x² − 1)
Tensor acosh(const Tensor& x) {
  return record("acosh", detail::map("acosh", kAcosh, x),
                wrt(x, [x](const Tensor& g) { return g * slope(&kAcoshRoot, x); }));
}

// d atanh x = dx/(1 − x²)
Tensor atanh(const Tensor& x) {
  return record("atanh", detail::map("atanh", kAtanh, x), wrt(x, [x](const Tensor& g) { return g * atanh_slope(x); }));
}

}  // namespace retrograd
