#define HWY_TARGET_INCLUDE "core/kernels/activations.cpp"
#include "activations.h"

#include <cmath>
#include <numbers>
#include <type_traits>

#include "math-inl.h"
#include "special.h"

RETROGRAD_BEGIN_KERNELS();

// g where y > 0, NaN where y is NaN, else 0
struct ReluGradient {
  template <class D, class V>
  V operator()(D d, V g, V y) const {
    return keep_nan(y, hn::IfThenZeroElse(hn::Le(y, hn::Zero(d)), g));
  }
};
// g·σ(x)·σ(−x) = g·e/(1 + e)² with e = e^(−|x|), computed from x: where y is near 1, 1 − y loses all its digits
struct SigmoidGradient {
  template <class D, class V>
  V operator()(D d, V g, V x) const {
    const V e = exp_below(d, hn::Neg(hn::Abs(x))), sum = hn::Add(hn::Set(d, static_cast<hn::TFromD<D>>(1)), e);
    return hn::Mul(g, hn::Div(e, hn::Mul(sum, sum)));
  }
};
// g/cosh² x = g·4e/(1 + e)² with e = e^(−2|x|), likewise
struct TanhGradient {
  template <class D, class V>
  V operator()(D d, V g, V x) const {
    const V e = exp_below(d, hn::Mul(hn::Abs(x), hn::Set(d, static_cast<hn::TFromD<D>>(-2))));
    const V sum = hn::Add(hn::Set(d, static_cast<hn::TFromD<D>>(1)), e);
    return hn::Mul(g, hn::Div(hn::Mul(e, hn::Set(d, static_cast<hn::TFromD<D>>(4))), hn::Mul(sum, sum)));
  }
};
// g·(1 − y²)
struct TanhGradientByValue {
  template <class D, class V>
  V operator()(D d, V g, V y) const {
    return hn::Mul(g, hn::NegMulAdd(y, y, hn::Set(d, static_cast<hn::TFromD<D>>(1))));
  }
};
template <class T>
std::int64_t find_above_3_4(const void* y_run, std::int64_t n) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const T* y = static_cast<const T*>(y_run);
  const auto limit = hn::Set(d, static_cast<T>(0.75));
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes)
    if (const auto is_below = hn::Le(hn::Abs(hn::LoadU(d, y + i)), limit); !hn::AllTrue(d, is_below))
      return i + hn::FindFirstTrue(d, hn::Not(is_below));
  while (i < n && y[i] <= static_cast<T>(0.75) && y[i] >= static_cast<T>(-0.75)) ++i;
  return i;
}

// min(x, 0) − ln(1 + e^(−|x|)) and max(x, 0) + ln(1 + e^(−|x|))
struct LogSigmoid {
  template <class D, class V>
  V operator()(D d, V x) const {
    return keep_nan(x, hn::Sub(hn::Min(x, hn::Zero(d)), Log1p()(d, exp_below(d, hn::Neg(hn::Abs(x))))));
  }
};
struct Softplus {
  template <class D, class V>
  V operator()(D d, V x) const {
    return keep_nan(x, hn::Add(hn::Max(x, hn::Zero(d)), Log1p()(d, exp_below(d, hn::Neg(hn::Abs(x))))));
  }
};

// e^(−|x|) as two factors, of which the first is never subnormal, even if the product is: a result that becomes large
// again, such as x·e^x, is multiplied in between.
template <class D, class V>
HWY_INLINE V exp_of_minus_abs(D d, V x, V& scale) {
  using T = hn::TFromD<D>;
  const V lowest = hn::Set(d, static_cast<T>(sizeof(T) == 4 ? -150 : -1000)), below = hn::Neg(hn::Abs(x));
  const V held = hn::Max(below, lowest);
  hn::impl::ExpImpl<T> of;
  const auto n = of.ToInt32(
      d, hn::MulSub(held, hn::Set(d, static_cast<T>(1.442695040888963407359924681)), hn::Set(d, static_cast<T>(0.5))));
  const auto half = hn::ShiftRight<1>(n);
  const V y = hn::Add(of.ExpPoly(d, of.ExpReduce(d, held, n)), hn::Set(d, static_cast<T>(1)));
  scale = hn::IfThenZeroElse(hn::Lt(below, lowest), of.Pow2I(d, hn::Sub(n, half)));
  return hn::Mul(y, of.Pow2I(d, half));
}
// a·σ(w), or with `by_slope` a·σ(w)·(1 + s·σ(−w)). With e = e^(−|w|) and t = e/(1 + e): σ(w) is 1 − t for w ≥ 0 and
// e·(1 − t) for w < 0; 1 + s·σ(−w) is 1 + s·t for w ≥ 0 and (1 + s) − s·t for w < 0.
template <bool by_slope, class D, class V>
HWY_INLINE V gated(D d, V a, V w, V s) {
  const V one = hn::Set(d, static_cast<hn::TFromD<D>>(1));
  V scale;
  const V part = exp_of_minus_abs(d, w, scale), e = hn::Mul(part, scale), t = hn::Div(e, hn::Add(one, e));
  const auto is_below = hn::Lt(w, hn::Zero(d));
  V product = hn::Mul(a, hn::IfThenElse(is_below, part, one));
  if constexpr (by_slope) {
    const V bracket =
        hn::MulAdd(s, hn::IfThenElse(is_below, hn::Neg(t), t), hn::IfThenElse(is_below, hn::Add(one, s), one));
    product = hn::Mul(product, bracket);
  }
  const auto is_plain = hn::Or(hn::Eq(t, hn::Zero(d)), hn::Eq(product, hn::Zero(d)));  // preserves ∞ and −0
  const V y = hn::IfThenElse(is_plain, product, hn::NegMulAdd(product, t, product));
  return hn::Mul(y, hn::IfThenElse(is_below, scale, one));
}
// x is clamped where σ has saturated at 0 or 1, so that ∞·0 never occurs.
struct Silu {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V near = hn::Max(x, hn::Set(d, static_cast<hn::TFromD<D>>(-1e4)));
    return keep_nan(x, gated<false>(d, near, near, near));
  }
};
struct SiluGradient {
  template <class D, class V>
  V operator()(D d, V g, V x) const {
    using T = hn::TFromD<D>;
    const V near = hn::Clamp(x, hn::Set(d, static_cast<T>(-1e4)), hn::Set(d, static_cast<T>(1e4)));
    return keep_nan(x, gated<true>(d, g, near, near));
  }
};
// The approximate gelu is x·σ(w) with w = 2√(2/π)·(x + 0.044715·x³), since (1 + tanh u)/2 = σ(2u).
struct GeluTanh {
  template <class D, class V>
  V operator()(D d, V x) const {
    using T = hn::TFromD<D>;
    const V linear = hn::Set(d, static_cast<T>(detail::kGeluLinear)),
            cubic = hn::Set(d, static_cast<T>(detail::kGeluCubic));
    const V near = hn::Clamp(x, hn::Set(d, static_cast<T>(-30)), hn::Set(d, static_cast<T>(30)));
    const V w = hn::Mul(near, hn::MulAdd(hn::Mul(near, near), cubic, linear));
    return keep_nan(x, gated<false>(d, hn::Max(x, hn::Set(d, static_cast<T>(-30))), w, w));
  }
};
struct GeluTanhGradient {
  template <class D, class V>
  V operator()(D d, V g, V x) const {
    using T = hn::TFromD<D>;
    const V linear = hn::Set(d, static_cast<T>(detail::kGeluLinear)),
            cubic = hn::Set(d, static_cast<T>(detail::kGeluCubic));
    const V near = hn::Clamp(x, hn::Set(d, static_cast<T>(-30)), hn::Set(d, static_cast<T>(30)));
    const V square = hn::Mul(near, near),
            slope = hn::MulAdd(square, hn::Set(d, static_cast<T>(3 * detail::kGeluCubic)), linear);
    return keep_nan(x, gated<true>(d, g, hn::Mul(near, hn::MulAdd(square, cubic, linear)), hn::Mul(near, slope)));
  }
};

constexpr double kRootHalf = std::numbers::sqrt2 / 2, kNormal = 0.3989422804014326779;  // 1/√2, 1/√2π
template <class T>
T clipped(T x, T limit) {
  return x < -limit ? -limit : x > limit ? limit : x;
}
// float32 is computed in float64. x·Φ(x) = x·erfc(z)/2 with z = −x/√2, whose rounding error would be amplified by x²:
// it is compensated by the derivative of erfc. Below −37, where erfc is subnormal, the asymptotic series of Φ is used
// (Abramowitz & Stegun 26.2.12), with r = 1/x².
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
struct Gelu {
  static auto plain(auto x) { return gelu_of(static_cast<double>(x)); }
};
struct GeluGradient {
  template <class T>
  static T plain(T g, T x) {
    return g * static_cast<T>(gelu_slope_of(static_cast<double>(x)));
  }
};
struct Softsign {
  template <class T>
  static T plain(T x) {
    return std::isinf(x) ? std::copysign(T(1), x) : x / (1 + std::abs(x));
  }
};
// tanh ln(1 + eˣ) = n/(n + 2) with n = eˣ·(eˣ + 2); 1 minus its square = 4(n + 1)/(n + 2)². Computed in the next wider
// type, since eight roundings accumulate.
template <class T>
using Wider = std::conditional_t<std::is_same_v<T, float>, double, long double>;
template <class T>
Wider<T> exp_wide(T x) {  // float64 exp if its result is normal, for speed
  return x > T(-700) ? static_cast<Wider<T>>(std::exp(static_cast<double>(x))) : std::exp(static_cast<Wider<T>>(x));
}
struct Mish {
  template <class T>
  static T plain(T x) {
    if (x > 40) return x;
    const T near = x < -800 ? T(-800) : x;
    const auto e = exp_wide(near), n = e * (e + 2);
    return static_cast<T>(near * (n / (n + 2)));
  }
};
struct MishGradient {
  template <class T>
  static T plain(T g, T x) {
    const T near = x < -800 ? T(-800) : x > 40 ? T(40) : x;
    const auto e = exp_wide(near), n = e * (e + 2), m = n + 2;
    return g * static_cast<T>(n / m + near * (e / (1 + e)) * (4 * (n + 1) / (m * m)));
  }
};

constexpr detail::ActivationKernels kTable = {
    .relu = unary_floats<Relu>(),
    .sigmoid = unary_floats<Sigmoid>(),
    .tanh = unary_floats<Tanh>(),
    .log_sigmoid = unary_floats<LogSigmoid>(),
    .softplus = unary_floats<Softplus>(),
    .silu = unary_floats<Silu>(),
    .gelu_tanh = unary_floats<GeluTanh>(),
    .relu_gradient = binary_floats<ReluGradient>(),
    .sigmoid_gradient = binary_floats<SigmoidGradient>(),
    .tanh_gradient = binary_floats<TanhGradient>(),
    .tanh_gradient_by_value = binary_floats<TanhGradientByValue>(),
    .silu_gradient = binary_floats<SiluGradient>(),
    .gelu_tanh_gradient = binary_floats<GeluTanhGradient>(),
    .softsign = plain_unary_floats<Softsign>(),
    .gelu = plain_unary_floats<Gelu>(),
    .mish = plain_unary_floats<Mish>(),
    .gelu_gradient = plain_binary_floats<GeluGradient>(),
    .mish_gradient = plain_binary_floats<MishGradient>(),
    .find_above_3_4 = detail::floats(find_above_3_4<float>, find_above_3_4<double>),
};

RETROGRAD_END_KERNELS(ActivationKernels, activation_kernels);
