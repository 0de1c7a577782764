#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/elementwise/activations.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "activation_kernels-inl.h"

#if HWY_ONCE
#include <atomic>
#include <cmath>
#include <numbers>
#include <type_traits>

#include "../../core/compute/map.h"
#include "../../core/compute/share.h"
#include "../../core/compute/zip.h"
#include "../../core/tape/tape.h"
#include "activations.h"
#include "arithmetic.h"
#include "comparison.h"
#include "exponential.h"
#include "rounding.h"
#include "scalar_kernels.h"
#include "special.h"

namespace retrograd {

namespace {
const ActivationKernels& kernels() { return *RETROGRAD_DISPATCH(activation_kernels)(); }

constexpr double kRootHalf = std::numbers::sqrt2 / 2, kNormal = 0.3989422804014326779;  // 1/√2, 1/√2π
template <class T>
T clipped(T x, T limit) {
  return x < -limit ? -limit : x > limit ? limit : x;
}
// float32 is computed in float64. x·Φ(x) = x·erfc(z)/2 with z = −x/√2, whose rounding would count x² times: so what it
// takes away is given back, by the derivative of erfc. Below −37, where erfc is subnormal, by the asymptotic series of
// Φ (Abramowitz & Stegun 26.2.12) with r = 1/x².
double normal_share(double x) {                      // Φ(x)
  constexpr double kRest = -4.8336466567264567e-17;  // 1/√2 − kRootHalf
  const double z = -x * kRootHalf, lost = std::fma(-x, kRootHalf, -z) - x * kRest;
  return (std::erfc(z) - 2 * std::numbers::inv_sqrtpi * std::exp(-z * z) * lost) / 2;
}
double gelu_of(double x) {
  if (x >= -37) return x * normal_share(x < 40 ? x : 40);
  if (!(x >= -40)) return x < 0 ? -0.0 : x;
  const double r = 1 / (x * x), half = detail::bell_at(x, 0.25);
  return -half * kNormal * (1 - r * (1 - r * (3 - r * (15 - r * (105 - r * (945 - r * (10395 - r * 135135))))))) * half;
}
double gelu_slope_of(double x) {
  if (x >= -37 || !(x >= -40)) {
    const double near = clipped(x, 40.0);
    return normal_share(near) + near * kNormal * detail::bell_at(near, 0.5);
  }
  const double r = 1 / (x * x), half = detail::bell_at(x, 0.25);
  return half * (x * kNormal * (1 - r * (1 - r * (1 - r * (3 - r * (15 - r * (105 - r * (945 - r * 10395)))))))) * half;
}
constexpr auto kGelu = detail::scalar_unary([](auto x) { return gelu_of(static_cast<double>(x)); });
constexpr auto kGeluGradient = detail::scalar_binary(
    [](auto g, auto x) { return g * static_cast<decltype(x)>(gelu_slope_of(static_cast<double>(x))); });
constexpr auto kSoftsign = detail::scalar_unary([](auto x) {
  using T = decltype(x);
  return std::isinf(x) ? std::copysign(T(1), x) : x / (1 + std::abs(x));
});
// tanh ln(1 + eˣ) = n/(n + 2) with n = eˣ·(eˣ + 2); 1 − its square = 4(n + 1)/(n + 2)². In the next wider type, since
// eight roundings follow one another.
template <class T>
using Wider = std::conditional_t<std::is_same_v<T, float>, double, long double>;
template <class T>
Wider<T> exp_wide(T x) {  // the C library's float64 where its result is a normal number, for speed
  return x > T(-700) ? static_cast<Wider<T>>(std::exp(static_cast<double>(x))) : std::exp(static_cast<Wider<T>>(x));
}
constexpr auto kMish = detail::scalar_unary([](auto x) {
  using T = decltype(x);
  if (x > 40) return x;
  const T near = x < -800 ? T(-800) : x;
  const auto e = exp_wide(near), n = e * (e + 2);
  return static_cast<T>(near * (n / (n + 2)));
});
constexpr auto kMishGradient = detail::scalar_binary([](auto g, auto x) {
  using T = decltype(x);
  const T near = x < -800 ? T(-800) : x > 40 ? T(40) : x;
  const auto e = exp_wide(near), n = e * (e + 2), m = n + 2;
  return g * static_cast<T>(n / m + near * (e / (1 + e)) * (4 * (n + 1) / (m * m)));
});

}  // namespace

// The derivatives as ops of their own, one pass each, with rules of their own.

// r = g·[y > 0]
Tensor detail::relu_gradient(Tensor g, const Tensor& y) {
  if (!is_recorded(g, y)) return detail::zip_reusing("relu_gradient", kernels().relu_gradient, std::move(g), y);
  return record("relu_gradient", detail::zip("relu_gradient", kernels().relu_gradient, g, y),
                wrt(g, [y](const Tensor& gg) { return detail::relu_gradient(gg, y); }));
}

// The derivatives of sigmoid and tanh are recorded as what they are of y, but they are computed from x: y(1 − y) and
// 1 − y² have no digits left where y is near 1.

namespace {
// 1 − 2y = −tanh(x/2); its derivative in y is −2.
Tensor sigmoid_bend(const Tensor& y, const Tensor& x) {
  const Tensor bend = [&] {
    const NoTape compute_only;
    return -tanh(0.5 * x);
  }();
  return record("sigmoid_bend", bend, wrt(y, [](const Tensor& g) { return -2 * g; }));
}
}  // namespace

// r = g·y·(1 − y); ∂r/∂y = g·(1 − 2y)
Tensor detail::sigmoid_gradient(Tensor g, const Tensor& y, const Tensor& x) {
  if (!is_recorded(g, y)) return detail::zip_reusing("sigmoid_gradient", kernels().sigmoid_gradient, std::move(g), x);
  return record("sigmoid_gradient", detail::zip("sigmoid_gradient", kernels().sigmoid_gradient, g, x),
                wrt(g, [y, x](Tensor gg) { return detail::sigmoid_gradient(std::move(gg), y, x); }),
                wrt(y, [g, y, x](const Tensor& gg) { return gg * g * sigmoid_bend(y, x); }));
}

// r = g·(1 − y²); ∂r/∂y = −2·g·y
Tensor detail::tanh_gradient(Tensor g, const Tensor& y, const Tensor& x) {
  const auto& kernel = x.defined() ? kernels().tanh_gradient : kernels().tanh_gradient_by_value;
  const Tensor& at = x.defined() ? x : y;
  if (!is_recorded(g, y)) return detail::zip_reusing("tanh_gradient", kernel, std::move(g), at);
  return record("tanh_gradient", detail::zip("tanh_gradient", kernel, g, at),
                wrt(g, [y, x](Tensor gg) { return detail::tanh_gradient(std::move(gg), y, x); }),
                wrt(y, [g, y](const Tensor& gg) { return -2 * gg * g * y; }));
}

bool detail::tanh_needs_input(const Tensor& y) {
  const auto run = kernels().all_below_3_4[static_cast<std::size_t>(y.dtype())];
  if (y.size() <= kParallelChunk) return !run(y.body().data, y.size());
  std::atomic<bool> needs{false};
  const auto bytes = static_cast<std::int64_t>(size_of(y.dtype()));
  parallel_chunks(y.size(), [&](std::int64_t begin, std::int64_t end) {
    if (!needs.load(std::memory_order_relaxed) && !run(y.body().data + begin * bytes, end - begin)) needs = true;
  });
  return needs;
}

namespace {

// The rule of the op keeps x alone; y is computed again where the derivative is recorded in its turn.
Tensor sigmoid_rule(Tensor g, const Tensor& x) {
  return detail::sigmoid_gradient(std::move(g), is_recorded(x) ? sigmoid(x) : x, x);
}

// What is neither ≤ 0 nor > 0 is NaN: |x| is too, and so is its slope.
Tensor relu_composed(const Tensor& x) { return where(x <= 0, 0, where(x > 0, x, abs(x))); }
Tensor relu_fused(const Tensor& x) {
  Tensor y = detail::map("relu", kernels().relu, x);
  if (!is_recorded(x)) return y;
  return record("relu", y, wrt(x, [y](Tensor g) { return detail::relu_gradient(std::move(g), y); }));
}

// Eq. 2.3, and below 0 the same multiplied out, e^x/(1 + e^x): neither overflows on its side.
Tensor sigmoid_composed(const Tensor& x) {
  const Tensor below = x < 0;
  const Tensor e = exp(where(below, x, -x));
  return where(below, e, 1) / (1 + e);
}
Tensor sigmoid_fused(const Tensor& x) {
  Tensor y = detail::map("sigmoid", kernels().sigmoid, x);
  if (!is_recorded(x)) return y;
  return record("sigmoid", y, wrt(x, [x](Tensor g) { return sigmoid_rule(std::move(g), x); }));
}

}  // namespace

constinit const Override overrides::relu{"relu", relu_composed, relu_fused};
constinit const Override overrides::sigmoid{"sigmoid", sigmoid_composed, sigmoid_fused};

Tensor relu(const Tensor& x) { return overrides::relu(x); }
Tensor sigmoid(const Tensor& x) { return overrides::sigmoid(x); }

// d tanh x = (1 − y²)·dx; where that has no digits left, x is kept in the place of y
Tensor tanh(const Tensor& x) {
  Tensor y = detail::map("tanh", kernels().tanh, x);
  if (!is_recorded(x)) return y;
  const bool by_input = detail::tanh_needs_input(y);
  return record("tanh", y, wrt(x, [kept = by_input ? x : y, by_input](Tensor g) {
                  if (!by_input) return detail::tanh_gradient(std::move(g), kept, Tensor());
                  return detail::tanh_gradient(std::move(g), is_recorded(kept) ? tanh(kept) : kept, kept);
                }));
}

// d ln σ(x) = σ(−x)·dx
Tensor log_sigmoid(const Tensor& x) {
  return record("log_sigmoid", detail::map("log_sigmoid", kernels().log_sigmoid, x),
                wrt(x, [x](Tensor g) { return std::move(g) * sigmoid(-x); }));
}

// d ln(1 + eˣ) = σ(x)·dx
Tensor softplus(const Tensor& x) {
  return record("softplus", detail::map("softplus", kernels().softplus, x),
                wrt(x, [x](Tensor g) { return std::move(g) * sigmoid(x); }));
}

// d x/(1 + |x|) = dx/(1 + |x|)²
Tensor softsign(const Tensor& x) {
  return record("softsign", detail::map("softsign", kSoftsign, x),
                wrt(x, [x](const Tensor& g) { return g * square(1 / (1 + abs(x))); }));
}

namespace {

// An activation whose derivative is one pass: an op r = g·f′(x) of its own, with ∂r/∂x = g·f″(x).
struct Curve {
  const char *op, *gradient_op;
  const detail::ByDtype<detail::UnaryRun>& value;
  const detail::ByDtype<detail::BinaryRun>& gradient;
  Tensor (*second)(const Tensor& x);  // f″
};

Tensor gradient(const Curve* f, Tensor g, const Tensor& x) {
  if (!is_recorded(g, x)) return detail::zip_reusing(f->gradient_op, f->gradient, std::move(g), x);
  return record(f->gradient_op, detail::zip(f->gradient_op, f->gradient, g, x),
                wrt(g, [f, x](Tensor gg) { return gradient(f, std::move(gg), x); }),
                wrt(x, [f, g, x](const Tensor& gg) { return gg * g * f->second(x); }));
}

Tensor value(const Curve* f, const Tensor& x) {
  Tensor y = detail::map(f->op, f->value, x);
  if (!is_recorded(x)) return y;
  return record(f->op, y, wrt(x, [f, x](Tensor g) { return gradient(f, std::move(g), x); }));
}

// x, held at ±limit, from where on f″ is 0 as long as nothing in it is infinite.
Tensor held(const Tensor& x, double limit) { return clip(x, -limit, limit); }

// f = x·σ(w): f″ = σ(w)σ(−w)·[2w′ + x·((σ(−w) − σ(w))·w′² + w″)]. σ(x)σ(−x) as the square of e/(1 + e²) with e =
// e^(−|x|/2), a normal number where the square is none; σ(−x) − σ(x) = −tanh(x/2).
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
  static const Curve kCurve = {"silu", "silu_gradient", kernels().silu, kernels().silu_gradient, silu_second};
  return value(&kCurve, x);
}

Tensor gelu(const Tensor& x, GeluApproximation approximate) {
  static const Curve kExact = {"gelu", "gelu_gradient", kGelu, kGeluGradient, gelu_second};
  static const Curve kTanh = {"gelu", "gelu_gradient", kernels().gelu_tanh, kernels().gelu_tanh_gradient,
                              gelu_tanh_second};
  return value(approximate == GeluApproximation::none ? &kExact : &kTanh, x);
}

Tensor mish(const Tensor& x) {
  static const Curve kCurve = {"mish", "mish_gradient", kMish, kMishGradient, mish_second};
  return value(&kCurve, x);
}

}  // namespace retrograd
#endif  // HWY_ONCE
