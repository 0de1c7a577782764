#define HWY_TARGET_INCLUDE "core/kernels/gamma.cpp"
#include "gamma.h"

#include "math-inl.h"
#include "special.h"

RETROGRAD_BEGIN_KERNELS();

constexpr double kAsymptotic = 8;  // from here on the asymptotic series hold all digits of float32

// ln Γ(x) for x > 0, by way of Γ(x + 8) = Γ(x)·x·(x + 1)…(x + 7) below 8, and Stirling's series (Abramowitz & Stegun
// 6.1.41). Next to the zeros at 1 and 2, where its terms cancel, the Taylor series (6.1.33).
struct LgammaWide {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V one = hn::Set(d, 1.0), limit = hn::Set(d, kAsymptotic);
    V a = x, product = one;
    while (!hn::AllFalse(d, hn::Lt(a, limit))) {
      const auto is_small = hn::Lt(a, limit);
      product = hn::IfThenElse(is_small, hn::Mul(product, a), product);
      a = hn::IfThenElse(is_small, hn::Add(a, one), a);
    }
    const V r = hn::Div(one, a), z = hn::Mul(r, r);
    const V series = hn::Mul(r, polynomial(d, z, -1.0 / 1680, 1.0 / 1260, -1.0 / 360, 1.0 / 12));
    const V start = hn::MulAdd(hn::Sub(a, hn::Set(d, 0.5)), Log()(d, a), hn::Sub(hn::Set(d, 0.91893853320467274), a));
    const V far = hn::Sub(hn::Add(start, series), Log()(d, product));
    const V t = hn::Sub(x, one), u = hn::Sub(t, one), near = hn::Set(d, 0x1p-6);
    const V at_one = hn::Mul(t, polynomial(d, t, -0.20738555102867398, 0.27058080842778454, -0.40068563438653143,
                                           0.82246703342411322, -0.57721566490153286));
    const V at_two = hn::Mul(u, polynomial(d, u, -0.0073855510286739853, 0.020580808427784548, -0.067352301053198095,
                                           0.32246703342411322, 0.42278433509846714));
    return hn::IfThenElse(hn::Lt(hn::Abs(t), near), at_one, hn::IfThenElse(hn::Lt(hn::Abs(u), near), at_two, far));
  }
};
// ψ(x) for x > 0: 6.3.5, ψ(x) = ψ(x + 1) − 1/x, whose terms below 8 are gathered in one fraction, and 6.3.18.
// Next to the zero the Taylor series.
struct DigammaWide {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V one = hn::Set(d, 1.0), limit = hn::Set(d, kAsymptotic);
    V a = x, above = hn::Zero(d), below = one;
    while (!hn::AllFalse(d, hn::Lt(a, limit))) {
      const auto is_small = hn::Lt(a, limit);
      above = hn::IfThenElse(is_small, hn::MulAdd(above, a, below), above);
      below = hn::IfThenElse(is_small, hn::Mul(below, a), below);
      a = hn::IfThenElse(is_small, hn::Add(a, one), a);
    }
    const V r = hn::Div(one, a), z = hn::Mul(r, r);
    const V series = polynomial(d, z, 1.0 / 132, -1.0 / 240, 1.0 / 252, -1.0 / 120, 1.0 / 12);
    const V far = hn::Sub(Log()(d, a), hn::MulAdd(z, series, hn::Mul(r, hn::Set(d, 0.5))));
    const V t = hn::Sub(hn::Sub(x, hn::Set(d, 1.4616321449683622)), hn::Set(d, 9.5499954299656974e-17));
    const V at_zero = hn::Mul(
        t, polynomial(d, t, -0.16394270544240652, 0.25849976095565103, -0.44276316898359208, 0.9676722454476212));
    return hn::IfThenElse(hn::Lt(hn::Abs(t), hn::Set(d, 0x1p-8)), at_zero, hn::Sub(far, hn::Div(above, below)));
  }
};

// Of float32 on vectors of float64 where 0 < x < ∞, elsewhere one by one; of float64 one by one.
template <class Wide, class Plain>
struct Positive {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V inf = infinity(d, x), one = hn::Set(d, 1.0f);
    const auto is_plain = hn::And(hn::Gt(x, hn::Zero(d)), hn::Lt(x, inf));
    const V y = in_doubles<Wide>(d, hn::IfThenElse(is_plain, x, one));
    if (HWY_LIKELY(hn::AllTrue(d, is_plain))) return y;
    HWY_ALIGN float lanes[hn::MaxLanes(d)];
    hn::Store(hn::IfThenElse(is_plain, one, x), d, lanes);
    for (std::size_t i = 0; i < hn::Lanes(d); ++i) lanes[i] = Plain::plain(lanes[i]);
    return hn::IfThenElse(is_plain, y, hn::Load(d, lanes));
  }
};
struct Lgamma {
  static auto plain(auto x) { return detail::ln_gamma(x); }
};
struct Digamma {
  template <class T>
  static T plain(T x) {
    return static_cast<T>(detail::digamma_of(static_cast<double>(x)));
  }
};

constexpr detail::GammaKernels kTable = {
    .lgamma =
        detail::floats<detail::UnaryRun>(map_run<Positive<LgammaWide, Lgamma>, float>, plain_map_run<Lgamma, double>),
    .digamma = detail::floats<detail::UnaryRun>(map_run<Positive<DigammaWide, Digamma>, float>,
                                                plain_map_run<Digamma, double>),
};

RETROGRAD_END_KERNELS(GammaKernels, gamma_kernels);
