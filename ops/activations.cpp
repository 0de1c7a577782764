#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/activations.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "math-inl.h"

#ifndef RETROGRAD_OPS_ACTIVATIONS_KERNELS
#define RETROGRAD_OPS_ACTIVATIONS_KERNELS
namespace retrograd {
// The approximate gelu's 2√(2/π)·(x + 0.044715·x³)
inline constexpr double kGeluLinear = 1.5957691216057308, kGeluCubic = 0.044715 * kGeluLinear;

struct ActivationKernels {
  detail::ByDtype<detail::UnaryRun> relu, sigmoid, tanh, log_sigmoid, softplus, silu, gelu_tanh;
  detail::ByDtype<detail::BinaryRun> relu_gradient, sigmoid_gradient, tanh_gradient, silu_gradient, gelu_tanh_gradient;
};
}  // namespace retrograd
#endif

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace {

// g where y is not ≤ 0
struct ReluGradient {
  template <class D, class V>
  V operator()(D d, V g, V y) const {
    return hn::IfThenZeroElse(hn::Le(y, hn::Zero(d)), g);
  }
};
// g·y·(1 − y)
struct SigmoidGradient {
  template <class D, class V>
  V operator()(D d, V g, V y) const {
    return hn::Mul(g, hn::Mul(y, hn::Sub(hn::Set(d, static_cast<hn::TFromD<D>>(1)), y)));
  }
};
// g·(1 − y²)
struct TanhGradient {
  template <class D, class V>
  V operator()(D d, V g, V y) const {
    return hn::Mul(g, hn::NegMulAdd(y, y, hn::Set(d, static_cast<hn::TFromD<D>>(1))));
  }
};

// e^(−|x|): never overflows
template <class D, class V>
HWY_INLINE V exp_of_minus_abs(D d, V x) {
  return keep_nan(x, hn::Exp(d, hn::Neg(hn::Abs(x))));
}
// min(x, 0) − ln(1 + e^(−|x|)) and max(x, 0) + ln(1 + e^(−|x|))
struct LogSigmoid {
  template <class D, class V>
  V operator()(D d, V x) const {
    return keep_nan(x, hn::Sub(hn::Min(x, hn::Zero(d)), hn::Log1p(d, exp_of_minus_abs(d, x))));
  }
};
struct Softplus {
  template <class D, class V>
  V operator()(D d, V x) const {
    return keep_nan(x, hn::Add(hn::Max(x, hn::Zero(d)), hn::Log1p(d, exp_of_minus_abs(d, x))));
  }
};

// σ(x) and σ(−x), neither as one less the other: both keep their digits.
template <class D, class V>
HWY_INLINE void both_sigmoids(D d, V x, V& up, V& down) {
  const V one = hn::Set(d, static_cast<hn::TFromD<D>>(1));
  const V e = exp_of_minus_abs(d, x), larger = hn::Div(one, hn::Add(one, e)), smaller = hn::Mul(e, larger);
  const auto is_negative = hn::Lt(x, hn::Zero(d));
  up = hn::IfThenElse(is_negative, smaller, larger);
  down = hn::IfThenElse(is_negative, larger, smaller);
}
// x·σ(w), where σ(w) is 0 long before x is −1e4: ∞·0 never comes up.
template <class D, class V>
HWY_INLINE V gated(D d, V x, V w) {
  V up, down;
  both_sigmoids(d, w, up, down);
  return hn::Mul(hn::Max(x, hn::Set(d, static_cast<hn::TFromD<D>>(-1e4))), up);
}
// g·(σ(w) + x·σ(w)·σ(−w)·dw/dx)
template <class D, class V>
HWY_INLINE V gated_gradient(D d, V g, V x, V w, V slope) {
  V up, down;
  both_sigmoids(d, w, up, down);
  return hn::Mul(g, hn::MulAdd(hn::Mul(x, slope), hn::Mul(up, down), up));
}
struct Silu {
  template <class D, class V>
  V operator()(D d, V x) const {
    return gated(d, x, x);
  }
};
struct SiluGradient {
  template <class D, class V>
  V operator()(D d, V g, V x) const {
    using T = hn::TFromD<D>;
    const V near = hn::Clamp(x, hn::Set(d, static_cast<T>(-1e4)), hn::Set(d, static_cast<T>(1e4)));
    return keep_nan(x, gated_gradient(d, g, near, near, hn::Set(d, static_cast<T>(1))));
  }
};
// The approximate gelu is x·σ(w) with w = 2√(2/π)·(x + 0.044715·x³), since (1 + tanh u)/2 = σ(2u).
struct GeluTanh {
  template <class D, class V>
  V operator()(D d, V x) const {
    using T = hn::TFromD<D>;
    const V linear = hn::Set(d, static_cast<T>(kGeluLinear)), cubic = hn::Set(d, static_cast<T>(kGeluCubic));
    return gated(d, x, hn::Mul(x, hn::MulAdd(hn::Mul(x, x), cubic, linear)));
  }
};
struct GeluTanhGradient {
  template <class D, class V>
  V operator()(D d, V g, V x) const {
    using T = hn::TFromD<D>;
    const V linear = hn::Set(d, static_cast<T>(kGeluLinear)), cubic = hn::Set(d, static_cast<T>(kGeluCubic));
    const V near = hn::Clamp(x, hn::Set(d, static_cast<T>(-30)), hn::Set(d, static_cast<T>(30)));
    const V square = hn::Mul(near, near),
            slope = hn::MulAdd(square, hn::Set(d, static_cast<T>(3 * kGeluCubic)), linear);
    return keep_nan(x, gated_gradient(d, g, near, hn::Mul(near, hn::MulAdd(square, cubic, linear)), slope));
  }
};

const ActivationKernels* activation_kernels() {
  static constexpr ActivationKernels kKernels = {
      unary_floats<Relu>(),          unary_floats<Sigmoid>(),       unary_floats<Tanh>(),
      unary_floats<LogSigmoid>(),    unary_floats<Softplus>(),      unary_floats<Silu>(),
      unary_floats<GeluTanh>(),      binary_floats<ReluGradient>(), binary_floats<SigmoidGradient>(),
      binary_floats<TanhGradient>(), binary_floats<SiluGradient>(), binary_floats<GeluTanhGradient>()};
  return &kKernels;
}

}  // namespace
}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <cmath>
#include <numbers>

#include "../core/tape.h"
#include "activations.h"
#include "arithmetic.h"
#include "comparison.h"
#include "exponential.h"
#include "rounding.h"
#include "scalar_kernels.h"

namespace retrograd {

namespace {
const ActivationKernels& kernels() { return *RETROGRAD_DISPATCH(activation_kernels)(); }

constexpr double kRootHalf = 1 / std::numbers::sqrt2, kNormal = std::numbers::inv_sqrtpi * kRootHalf;  // 1/√2, 1/√2π
template <class T>
T clipped(T x, T limit) {
  return x < -limit ? -limit : x > limit ? limit : x;
}
// x itself where it is large: Φ is 0 or 1 there, and the density is 0.
constexpr auto kGelu = detail::scalar_unary([](auto x) {
  using T = decltype(x);
  const T near = x < -40 ? T(-40) : x;
  return near * (std::erfc(-near * T(kRootHalf)) / 2);
});
constexpr auto kGeluGradient = detail::scalar_binary([](auto g, auto x) {
  using T = decltype(x);
  const T near = clipped(x, T(40));
  return g * (std::erfc(-near * T(kRootHalf)) / 2 + near * T(kNormal) * std::exp(-near * near / 2));
});
constexpr auto kSoftsign = detail::scalar_unary([](auto x) {
  using T = decltype(x);
  return std::isinf(x) ? std::copysign(T(1), x) : x / (1 + std::abs(x));
});
// tanh ln(1 + eˣ) = n/(n + 2) with n = eˣ·(eˣ + 2); 1 − its square = 4(n + 1)/(n + 2)²
template <class T>
T mish_n(T x) {
  const T e = std::exp(x);
  return e * (e + 2);
}
constexpr auto kMish = detail::scalar_unary([](auto x) {
  using T = decltype(x);
  if (x > 40) return x;
  const T near = x < -800 ? T(-800) : x, n = mish_n(near);
  return near * (n / (n + 2));
});
constexpr auto kMishGradient = detail::scalar_binary([](auto g, auto x) {
  using T = decltype(x);
  const T near = x < -800 ? T(-800) : x > 40 ? T(40) : x, n = mish_n(near), m = n + 2;
  return g * (n / m + near / (1 + std::exp(-near)) * (4 / m * ((n + 1) / m)));
});

}  // namespace

// The derivatives as ops of their own, one pass each, with rules of their own.

// r = g·[y > 0]
Tensor detail::relu_gradient(Tensor g, const Tensor& y) {
  if (!is_recorded(g, y)) return detail::zip_reusing("relu_gradient", kernels().relu_gradient, std::move(g), y);
  return record("relu_gradient", detail::zip("relu_gradient", kernels().relu_gradient, g, y),
                wrt(g, [y](const Tensor& gg) { return detail::relu_gradient(gg, y); }));
}

// r = g·y·(1 − y); ∂r/∂y = g·(1 − 2y)
Tensor detail::sigmoid_gradient(Tensor g, const Tensor& y) {
  if (!is_recorded(g, y)) return detail::zip_reusing("sigmoid_gradient", kernels().sigmoid_gradient, std::move(g), y);
  return record("sigmoid_gradient", detail::zip("sigmoid_gradient", kernels().sigmoid_gradient, g, y),
                wrt(g, [y](const Tensor& gg) { return detail::sigmoid_gradient(gg, y); }),
                wrt(y, [g, y](const Tensor& gg) { return gg * g * (1 - 2 * y); }));
}

// r = g·(1 − y²); ∂r/∂y = −2·g·y
Tensor detail::tanh_gradient(Tensor g, const Tensor& y) {
  if (!is_recorded(g, y)) return detail::zip_reusing("tanh_gradient", kernels().tanh_gradient, std::move(g), y);
  return record("tanh_gradient", detail::zip("tanh_gradient", kernels().tanh_gradient, g, y),
                wrt(g, [y](const Tensor& gg) { return detail::tanh_gradient(gg, y); }),
                wrt(y, [g, y](const Tensor& gg) { return -2 * gg * g * y; }));
}

namespace {

// "Not ≤ 0" rather than "> 0", so that NaN passes and is seen.
Tensor relu_composed(const Tensor& x) { return where(x <= 0, 0, x); }
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
  return record("sigmoid", y, wrt(x, [y](Tensor g) { return detail::sigmoid_gradient(std::move(g), y); }));
}

}  // namespace

constinit const Override fused::relu{"relu", relu_composed, relu_fused};
constinit const Override fused::sigmoid{"sigmoid", sigmoid_composed, sigmoid_fused};

Tensor relu(const Tensor& x) { return fused::relu(x); }
Tensor sigmoid(const Tensor& x) { return fused::sigmoid(x); }

// d tanh x = (1 − y²)·dx
Tensor tanh(const Tensor& x) {
  Tensor y = detail::map("tanh", kernels().tanh, x);
  if (!is_recorded(x)) return y;
  return record("tanh", y, wrt(x, [y](Tensor g) { return detail::tanh_gradient(std::move(g), y); }));
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

// f = x·σ(w): f″ = σ(w)σ(−w)·[2w′ + x·((σ(−w) − σ(w))·w′² + w″)]
Tensor silu_second(const Tensor& any_x) {
  const Tensor x = held(any_x, 1e4), up = sigmoid(x), down = sigmoid(-x);
  return up * down * (2 + x * (down - up));
}
Tensor gelu_tanh_second(const Tensor& any_x) {
  const Tensor x = held(any_x, 30), squared = square(x), w = x * (kGeluLinear + kGeluCubic * squared);
  const Tensor up = sigmoid(w), down = sigmoid(-w), slope = kGeluLinear + 3 * kGeluCubic * squared;
  return up * down * (2 * slope + x * ((down - up) * square(slope) + 6 * kGeluCubic * x));
}
// f = x·Φ(x), Φ′ = φ, φ′ = −x·φ: f″ = (2 − x²)·φ(x)
Tensor gelu_second(const Tensor& any_x) {
  const Tensor squared = square(held(any_x, 40));
  return (2 - squared) * (kNormal * exp(-0.5 * squared));
}
// f = x·t with t = tanh softplus(x), t′ = σ·(1 − t²): f″ = σ·(1 − t²)·[2 + x·(1 − σ − 2tσ)]
Tensor mish_second(const Tensor& any_x) {
  const Tensor x = held(any_x, 800), t = tanh(softplus(x)), s = sigmoid(x);
  return s * (1 - square(t)) * (2 + x * (1 - s - 2 * t * s));
}

}  // namespace

Tensor silu(const Tensor& x) {
  static const Curve kCurve = {"silu", "silu_gradient", kernels().silu, kernels().silu_gradient, silu_second};
  return value(&kCurve, x);
}

Tensor gelu(const Tensor& x, Gelu form) {
  static const Curve kExact = {"gelu", "gelu_gradient", kGelu, kGeluGradient, gelu_second};
  static const Curve kTanh = {"gelu", "gelu_gradient", kernels().gelu_tanh, kernels().gelu_tanh_gradient,
                              gelu_tanh_second};
  return value(form == Gelu::exact ? &kExact : &kTanh, x);
}

Tensor mish(const Tensor& x) {
  static const Curve kCurve = {"mish", "mish_gradient", kMish, kMishGradient, mish_second};
  return value(&kCurve, x);
}

}  // namespace retrograd
#endif  // HWY_ONCE
