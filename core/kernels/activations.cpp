#define HWY_TARGET_INCLUDE "core/kernels/activations.cpp"
#include "activations.h"

#include <cmath>

#include "error_function-inl.h"

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

struct GeluGradient {
  template <class D, class V>
  V operator()(D d, V g, V x) const {
    return hn::Mul(g, GeluSlope()(d, x));
  }
};
struct Softsign {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V one = hn::Set(d, static_cast<hn::TFromD<D>>(1)), size = hn::Abs(x);
    return hn::IfThenElse(hn::Eq(size, infinity(d, x)), hn::CopySign(one, x), hn::Div(x, hn::Add(one, size)));
  }
};
// tanh ln(1 + eˣ) = n/(n + 2) with n = eˣ·(eˣ + 2), and 1 minus its square is 4(1 + eˣ)²/(n + 2)². Computed in the next
// wider type, since eight roundings accumulate: float32 on vectors of float64, float64 by plain code.
template <class V>
struct MishParts {
  V e, n, m;
};
template <class D, class V>
HWY_INLINE MishParts<V> mish_parts(D d, V x) {
  const V two = hn::Set(d, 2.0), e = hn::Exp(d, x), n = hn::Mul(e, hn::Add(e, two));
  return {e, n, hn::Add(n, two)};
}
struct MishWide {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V near = hn::Clamp(x, hn::Set(d, -200.0), hn::Set(d, 40.0));
    const MishParts<V> of = mish_parts(d, near);
    return hn::Mul(hn::Max(x, hn::Set(d, -200.0)), hn::Div(of.n, of.m));
  }
};
struct MishSlopeWide {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V near = hn::Clamp(x, hn::Set(d, -200.0), hn::Set(d, 40.0)), four = hn::Set(d, 4.0);
    const MishParts<V> of = mish_parts(d, near);
    const V bend = hn::Mul(hn::Mul(near, four), hn::MulAdd(of.e, of.e, of.e));
    return hn::Div(hn::MulAdd(of.n, of.m, bend), hn::Mul(of.m, of.m));
  }
};
long double exp_wide(double x) {  // float64 exp if its result is normal, for speed
  return x > -700 ? std::exp(x) : std::exp(static_cast<long double>(x));
}
struct Mish {
  template <class D, class V>
  V operator()(D d, V x) const {
    return keep_nan(x, in_doubles<MishWide>(d, x));
  }
  static double plain(double x) {
    if (x > 40) return x;
    const double near = x < -800 ? -800 : x;
    const auto e = exp_wide(near), n = e * (e + 2);
    return static_cast<double>(near * (n / (n + 2)));
  }
};
struct MishGradient {
  template <class D, class V>
  V operator()(D d, V g, V x) const {
    return hn::Mul(g, keep_nan(x, in_doubles<MishSlopeWide>(d, x)));
  }
  static double plain(double g, double x) {
    const double near = x < -800 ? -800 : x > 40 ? 40 : x;
    const auto e = exp_wide(near), n = e * (e + 2), m = n + 2;
    return g * static_cast<double>(n / m + near * (e / (1 + e)) * (4 * (n + 1) / (m * m)));
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
    .softsign = unary_floats<Softsign>(),
    .gelu = unary_floats<Gelu>(),
    .mish = detail::floats<detail::UnaryRun>(map_run<Mish, float>, plain_map_run<Mish, double>),
    .gelu_gradient = binary_floats<GeluGradient>(),
    .mish_gradient =
        detail::floats<detail::BinaryRun>(zip_run<MishGradient, float>, plain_zip_run<MishGradient, double>),
    .find_above_3_4 = detail::floats(find_above_3_4<float>, find_above_3_4<double>),
};

RETROGRAD_END_KERNELS(ActivationKernels, activation_kernels);
