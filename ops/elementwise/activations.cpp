#include "activations.h"

#include "../../core/compute/map.h"
#include "../../core/compute/zip.h"
#include "../../core/kernels/activations.h"
#include "../../core/tape/record.h"
#include "arithmetic.h"
#include "comparison.h"
#include "exponential.h"
#include "hyperbolic.h"
#include "rounding.h"
#include "special.h"

namespace retrograd {

namespace {
using detail::kGeluCubic, detail::kGeluLinear;
constexpr double kNormal = 0.3989422804014326779;  // 1/√2π

const detail::ActivationKernels& kernels() { return detail::activation_kernels(); }

}  // namespace

// Recorded as a function of y, but computed from x: where y is near 1, y(1 − y) loses all its digits.

namespace {
// 1 − 2y = −tanh(x/2); its derivative in y is −2.
Tensor sigmoid_bend(const Tensor& y, const Tensor& x) {
  const Tensor bend = [&] {
    const NoTape compute_only;
    return -tanh(0.5 * x);
  }();
  return record("sigmoid_bend", std::move(bend), wrt(y, [](const Tensor& g) { return -2 * g; }));
}
}  // namespace

// r = g·y·(1 − y); ∂r/∂y = g·(1 − 2y)
Tensor detail::sigmoid_gradient(Tensor g, const Tensor& y, const Tensor& x) {
  return record("sigmoid_gradient",
                detail::zip_reusing("sigmoid_gradient", kernels().sigmoid_gradient, g, x, detail::reusable(g, y)),
                wrt(
                    g,
                    [](Tensor gg, const Tensor& value, const Tensor& at) {
                      return detail::sigmoid_gradient(std::move(gg), value, at);
                    },
                    y, x),
                wrt(
                    y,
                    [](const Tensor& gg, const Tensor& given, const Tensor& value, const Tensor& at) {
                      return gg * given * sigmoid_bend(value, at);
                    },
                    g, y, x));
}

namespace {

// The op saves only x; y is recomputed if the derivative is itself recorded.
Tensor sigmoid_rule(Tensor g, const Tensor& x) {
  return detail::sigmoid_gradient(std::move(g), is_recorded(x) ? sigmoid(x) : x, x);
}

// Eq. 2.3, and for x < 0 the equivalent e^x/(1 + e^x): neither overflows on its side.
Tensor sigmoid_composed(const Tensor& x) {
  const Tensor below = x < 0;
  const Tensor e = exp(where(below, x, -x));
  return where(below, e, 1) / (1 + e);
}
Tensor sigmoid_fused(const Tensor& x) {
  Tensor y = detail::map("sigmoid", kernels().sigmoid, x);
  return record("sigmoid", std::move(y),
                wrt(
                    x, [](Tensor g, const Tensor& at) { return sigmoid_rule(std::move(g), at); }, x));
}

}  // namespace

constinit const Override overrides::sigmoid{"sigmoid", sigmoid_composed, sigmoid_fused};

Tensor sigmoid(const Tensor& x) { return overrides::sigmoid(x); }

// d ln σ(x) = σ(−x)·dx
Tensor log_sigmoid(const Tensor& x) {
  return record("log_sigmoid", detail::map("log_sigmoid", kernels().log_sigmoid, x),
                wrt(
                    x, [](Tensor g, const Tensor& at) { return std::move(g) * sigmoid(-at); }, x));
}

// d ln(1 + eˣ) = σ(x)·dx
Tensor softplus(const Tensor& x) {
  return record("softplus", detail::map("softplus", kernels().softplus, x),
                wrt(
                    x, [](Tensor g, const Tensor& at) { return std::move(g) * sigmoid(at); }, x));
}

// d x/(1 + |x|) = dx/(1 + |x|)²
Tensor softsign(const Tensor& x) {
  return record("softsign", detail::map("softsign", kernels().softsign, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return g * square(1 / (1 + abs(at))); }, x));
}

namespace {

// An activation whose derivative is one pass: a separate op r = g·f′(x), with ∂r/∂x = g·f″(x).
struct Curve {
  const char *op, *gradient_op;
  detail::ByDtype<detail::UnaryRun> detail::ActivationKernels::*value;
  detail::ByDtype<detail::BinaryRun> detail::ActivationKernels::*gradient;
  Tensor (*second)(const Tensor& x);  // f″
};

Tensor gradient(const Curve* f, Tensor g, const Tensor& x) {
  return record(
      f->gradient_op, detail::zip_reusing(f->gradient_op, kernels().*f->gradient, g, x, detail::reusable(g, x)),
      wrt(
          g, [f](Tensor gg, const Tensor& at) { return gradient(f, std::move(gg), at); }, x),
      wrt(
          x, [f](const Tensor& gg, const Tensor& given, const Tensor& at) { return gg * given * f->second(at); }, g,
          x));
}

Tensor value(const Curve* f, const Tensor& x) {
  Tensor y = detail::map(f->op, kernels().*f->value, x);
  return record(f->op, std::move(y),
                wrt(
                    x, [f](Tensor g, const Tensor& at) { return gradient(f, std::move(g), at); }, x));
}

// x clamped to ±limit, beyond which f″ is 0, so that no intermediate result is infinite.
Tensor held(const Tensor& x, double limit) { return clip(x, -limit, limit); }

// f = x·σ(w): f″ = σ(w)σ(−w)·[2w′ + x·((σ(−w) − σ(w))·w′² + w″)]. σ(x)σ(−x) is the square of e/(1 + e²) with e =
// e^(−|x|/2), which is normal even if the square is not; σ(−x) − σ(x) = −tanh(x/2).
Tensor silu_second(const Tensor& any_x) {
  const Tensor x = held(any_x, 1e4), e = exp(-0.5 * abs(x)), root = e / (1 + square(e));
  return root * (2 - x * tanh(0.5 * x)) * root;
}
Tensor gelu_tanh_second(const Tensor& any_x) {
  const Tensor x = held(any_x, 30), squared = square(x), w = x * (kGeluLinear + kGeluCubic * squared);
  const Tensor up = sigmoid(w), down = sigmoid(-w), slope = kGeluLinear + 3 * kGeluCubic * squared;
  return up * down * (2 * slope + x * ((down - up) * square(slope) + 6 * kGeluCubic * x));
}
// f = x·Φ(x), Φ′ = φ, φ′ = −x·φ: f″ = (2 − x²)·φ(x)
Tensor gelu_second(const Tensor& any_x) {
  const Tensor x = held(any_x, 40), root = detail::bell(x, 0.25);
  return root * (kNormal * (2 - square(x))) * root;
}
// f = x·t with t = tanh softplus(x), t′ = σ·(1 − t²): f″ = σ·(1 − t²)·[2 + x·(1 − σ − 2tσ)]. With q = σ(−x), e^softplus
// is 1/q: t = σ·(1 + q)/(1 + q²), 1 − t² = 4q²/(1 + q²)². σ(x) = (e^(min(x, 0)/2))²·σ(|x|).
Tensor mish_second(const Tensor& any_x) {
  const Tensor x = held(any_x, 800), s = sigmoid(x), q = sigmoid(-x), sum = 1 + square(q);
  const Tensor root = exp(0.5 * where(x < 0, x, 0)), t = s * (1 + q) / sum, flat = 2 * q / sum;
  return root * (flat * (2 + x * (q - 2 * t * s)) * flat) * (root * where(x < 0, q, s));
}

}  // namespace

Tensor silu(const Tensor& x) {
  static constexpr Curve kCurve = {"silu", "silu_gradient", &detail::ActivationKernels::silu,
                                   &detail::ActivationKernels::silu_gradient, silu_second};
  return value(&kCurve, x);
}

Tensor gelu(const Tensor& x, GeluApproximation approximate) {
  static constexpr Curve kExact = {"gelu", "gelu_gradient", &detail::ActivationKernels::gelu,
                                   &detail::ActivationKernels::gelu_gradient, gelu_second};
  static constexpr Curve kTanh = {"gelu", "gelu_gradient", &detail::ActivationKernels::gelu_tanh,
                                  &detail::ActivationKernels::gelu_tanh_gradient, gelu_tanh_second};
  return value(approximate == GeluApproximation::none ? &kExact : &kTanh, x);
}

Tensor mish(const Tensor& x) {
  static constexpr Curve kCurve = {"mish", "mish_gradient", &detail::ActivationKernels::mish,
                                   &detail::ActivationKernels::mish_gradient, mish_second};
  return value(&kCurve, x);
}

}  // namespace retrograd
