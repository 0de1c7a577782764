#include "hyperbolic.h"

#include "../../core/compute/find.h"
#include "../../core/compute/map.h"
#include "../../core/compute/zip.h"
#include "../../core/kernels/activations.h"
#include "../../core/kernels/hyperbolic.h"
#include "../../core/tape/record.h"
#include "arithmetic.h"
#include "rounding.h"

namespace retrograd {

namespace {

const detail::HyperbolicKernels& kernels() { return detail::hyperbolic_kernels(); }

// asinh and acosh: r = (x² ± 1)^(−1/2), dr = −b·dx with b = x·r³, and db = r³·(±3r² − 2)·dx, which does not cancel at
// the pole of acosh.
struct Root {
  const char *slope, *bend;
  detail::ByDtype<detail::UnaryRun> detail::HyperbolicKernels::*kernel;
  double sign;
};
constexpr Root kAsinhRoot = {"asinh_slope", "asinh_bend", &detail::HyperbolicKernels::asinh_slope, 1},
               kAcoshRoot = {"acosh_slope", "acosh_bend", &detail::HyperbolicKernels::acosh_slope, -1};

Tensor bend(const Root* of, const Tensor& x, const Tensor& r) {
  const Tensor b = [&] {
    const NoTape compute_only;
    return detail::clamp_to_finite(x) * r * square(r);
  }();
  return record(of->bend, std::move(b),
                wrt(
                    x,
                    [of](const Tensor& g, const Tensor& value) {
                      return g * (value * square(value) * (3 * of->sign * square(value) - 2));
                    },
                    r));
}
Tensor slope(const Root* of, const Tensor& x) {
  Tensor r = detail::map(of->slope, kernels().*of->kernel, x);
  return record(
      of->slope, std::move(r),
      wrt(
          x, [of](const Tensor& g, const Tensor& at, const Tensor& value) { return -(g * bend(of, at, value)); }, x,
          Result{}));
}

// r = 1/(1 − x²), computed as a product, since the square would cancel near ±1; dr = 2x·r²·dx
Tensor atanh_slope(const Tensor& x) {
  Tensor r = detail::map("atanh_slope", kernels().atanh_slope, x);
  return record("atanh_slope", std::move(r),
                wrt(
                    x,
                    [](const Tensor& g, const Tensor& at, const Tensor& value) {
                      return g * (2 * detail::clamp_to_finite(at) * square(value));
                    },
                    x, Result{}));
}

}  // namespace

// d sinh x = cosh x·dx
Tensor sinh(const Tensor& x) {
  return record("sinh", detail::map("sinh", kernels().sinh, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return g * cosh(at); }, x));
}

// d cosh x = sinh x·dx
Tensor cosh(const Tensor& x) {
  return record("cosh", detail::map("cosh", kernels().cosh, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return g * sinh(at); }, x));
}

// d asinh x = dx/√(x² + 1)
Tensor asinh(const Tensor& x) {
  return record("asinh", detail::map("asinh", kernels().asinh, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return g * slope(&kAsinhRoot, at); }, x));
}

// d acosh x = dx/√(x² − 1)
Tensor acosh(const Tensor& x) {
  return record("acosh", detail::map("acosh", kernels().acosh, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return g * slope(&kAcoshRoot, at); }, x));
}

// d atanh x = dx/(1 − x²)
Tensor atanh(const Tensor& x) {
  return record("atanh", detail::map("atanh", kernels().atanh, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return g * atanh_slope(at); }, x));
}

// r = g·(1 − y²); ∂r/∂y = −2·g·y. Recorded as a function of y, but computed from x where 1 − y² loses its digits.
Tensor detail::tanh_gradient(Tensor g, const Tensor& y, const Tensor& x) {
  const auto& kernel =
      x.defined() ? detail::activation_kernels().tanh_gradient : detail::activation_kernels().tanh_gradient_by_value;
  return record(
      "tanh_gradient", detail::zip_reusing("tanh_gradient", kernel, g, x.defined() ? x : y, detail::reusable(g, y)),
      wrt(
          g,
          [](Tensor gg, const Tensor& value, const Tensor& at) {
            return detail::tanh_gradient(std::move(gg), value, at);
          },
          y, x),
      wrt(
          y, [](const Tensor& gg, const Tensor& given, const Tensor& value) { return -2 * gg * given * value; }, g, y));
}

bool detail::tanh_needs_input(const Tensor& y) {
  return find("tanh", detail::activation_kernels().find_above_3_4, y) >= 0;
}

// d tanh x = (1 − y²)·dx; where that loses its digits, x is saved instead of y
Tensor tanh(const Tensor& x) {
  bool by_input = false;
  const auto kept_input = [&](const Tensor& y) { return (by_input = detail::tanh_needs_input(y)) ? x : Tensor(); };
  const auto kept_value = [&](const Tensor& y) { return by_input ? Tensor() : y; };
  return record("tanh", detail::map("tanh", detail::activation_kernels().tanh, x),
                wrt(
                    x,
                    [](Tensor g, const Tensor& at, const Tensor& y) {
                      if (y.defined()) return detail::tanh_gradient(std::move(g), y, Tensor());
                      return detail::tanh_gradient(std::move(g), is_recorded(at) ? tanh(at) : at, at);
                    },
                    kept_input, kept_value));
}

}  // namespace retrograd
