// The element loops of activations and of their derivatives, compiled once for each SIMD target. Not a public header.
#include "../../core/kernels/math-inl.h"

#ifndef RETROGRAD_OPS_ACTIVATIONS_KERNELS
#define RETROGRAD_OPS_ACTIVATIONS_KERNELS
namespace retrograd {
// The approximate gelu's 2√(2/π)·(x + 0.044715·x³)
inline constexpr double kGeluLinear = 1.5957691216057308, kGeluCubic = 0.044715 * kGeluLinear;

struct ActivationKernels {
  detail::ByDtype<detail::UnaryRun> relu, sigmoid, tanh, log_sigmoid, softplus, silu, gelu_tanh;
  detail::ByDtype<detail::BinaryRun> relu_gradient, sigmoid_gradient, tanh_gradient, tanh_gradient_by_value,
      silu_gradient, gelu_tanh_gradient;
  detail::ByDtype<bool (*)(const void* y, std::int64_t n)> all_below_3_4;  // is every |y| ≤ 3/4?
};
}  // namespace retrograd
#endif

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace {

// g where y > 0, NaN where y is
struct ReluGradient {
  template <class D, class V>
  V operator()(D d, V g, V y) const {
    return keep_nan(y, hn::IfThenZeroElse(hn::Le(y, hn::Zero(d)), g));
  }
};
// g·σ(x)·σ(−x) = g·e/(1 + e)² with e = e^(−|x|), from x: y has no digits left of 1 − y where it is near 1
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
bool all_below_3_4(const void* y_run, std::int64_t n) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const T* y = static_cast<const T*>(y_run);
  const auto limit = hn::Set(d, static_cast<T>(0.75));
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes)
    if (!hn::AllTrue(d, hn::Le(hn::Abs(hn::LoadU(d, y + i)), limit))) return false;
  for (; i < n; ++i)
    if (!(y[i] <= static_cast<T>(0.75) && y[i] >= static_cast<T>(-0.75))) return false;
  return true;
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

// e^(−|x|) in two factors, of which the first is no subnormal number even where the product is one: what is to be large
// again, as x·e^x, is multiplied in between.
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
// a·σ(w), and where `by_slope` says so a·(1 + s·σ(−w)): with e = e^(−|w|) and t = e/(1 + e), σ(w) is 1 − t, below 0
// e·(1 − t), and 1 + s·σ(−w) is 1 + s·t, below 0 (1 + s) − s·t.
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
  const auto is_plain = hn::Or(hn::Eq(t, hn::Zero(d)), hn::Eq(product, hn::Zero(d)));  // ∞ and −0 stay
  const V y = hn::IfThenElse(is_plain, product, hn::NegMulAdd(product, t, product));
  return hn::Mul(y, hn::IfThenElse(is_below, scale, one));
}
// x held where σ is 0 or 1 long since, so that ∞·0 never comes up.
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
    const V linear = hn::Set(d, static_cast<T>(kGeluLinear)), cubic = hn::Set(d, static_cast<T>(kGeluCubic));
    const V near = hn::Clamp(x, hn::Set(d, static_cast<T>(-30)), hn::Set(d, static_cast<T>(30)));
    const V w = hn::Mul(near, hn::MulAdd(hn::Mul(near, near), cubic, linear));
    return keep_nan(x, gated<false>(d, hn::Max(x, hn::Set(d, static_cast<T>(-30))), w, w));
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
    return keep_nan(x, gated<true>(d, g, hn::Mul(near, hn::MulAdd(square, cubic, linear)), hn::Mul(near, slope)));
  }
};

const ActivationKernels* activation_kernels() {
  static constexpr ActivationKernels kKernels = {
      unary_floats<Relu>(),
      unary_floats<Sigmoid>(),
      unary_floats<Tanh>(),
      unary_floats<LogSigmoid>(),
      unary_floats<Softplus>(),
      unary_floats<Silu>(),
      unary_floats<GeluTanh>(),
      binary_floats<ReluGradient>(),
      binary_floats<SigmoidGradient>(),
      binary_floats<TanhGradient>(),
      binary_floats<TanhGradientByValue>(),
      binary_floats<SiluGradient>(),
      binary_floats<GeluTanhGradient>(),
      {all_below_3_4<float>, all_below_3_4<double>, nullptr, nullptr, nullptr}};
  return &kKernels;
}

}  // namespace
}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
