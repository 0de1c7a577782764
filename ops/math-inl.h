// Highway's transcendental functions made whole: outside their ranges they return finite garbage, so each is guarded
// here such that every input comes out as the C library would have it, NaN and infinities included. Not a public
// header.
#if defined(RETROGRAD_OPS_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RETROGRAD_OPS_MATH_INL_H_
#undef RETROGRAD_OPS_MATH_INL_H_
#else
#define RETROGRAD_OPS_MATH_INL_H_
#endif

#include <hwy/contrib/math/math-inl.h>

#include <cmath>
#include <limits>

#include "../core/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {

template <class D, class V>
HWY_INLINE V infinity(D d, V) {
  return hn::Set(d, std::numeric_limits<hn::TFromD<D>>::infinity());
}
/// y, but x itself where x is NaN.
template <class V>
HWY_INLINE V keep_nan(V x, V y) {
  return hn::IfThenElse(hn::Eq(x, x), y, x);
}

struct Exp {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    using T = hn::TFromD<D>;
    const V largest = hn::Set(d, sizeof(T) == 4 ? static_cast<T>(88.72283935546875) : static_cast<T>(709.782712893384));
    return keep_nan(x, hn::IfThenElse(hn::Gt(x, largest), infinity(d, x), hn::Exp(d, hn::Min(x, largest))));
  }
};

struct Expm1 {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    using T = hn::TFromD<D>;
    const V largest = hn::Set(d, sizeof(T) == 4 ? static_cast<T>(88.72283935546875) : static_cast<T>(709.782712893384));
    const V y = hn::IfThenElse(hn::Gt(x, largest), infinity(d, x), hn::Expm1(d, hn::Min(x, largest)));
    return keep_nan(x, hn::IfThenElse(hn::Eq(x, hn::Zero(d)), x, y));  // −0 stays −0
  }
};

struct Log {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    using T = hn::TFromD<D>;
    const V zero = hn::Zero(d), inf = infinity(d, x);
    V y = hn::Log(d, x);
    y = hn::IfThenElse(hn::Eq(x, zero), hn::Neg(inf), y);
    y = hn::IfThenElse(hn::Lt(x, zero), hn::Set(d, std::numeric_limits<T>::quiet_NaN()), y);
    return keep_nan(x, hn::IfThenElse(hn::Eq(x, inf), inf, y));
  }
};

// ln(1 + x) = ln(u) · x / (u − 1) with u = 1 + x rounded: the error of u cancels (W. Kahan).
struct Log1p {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V one = hn::Set(d, static_cast<hn::TFromD<D>>(1));
    const V u = hn::Add(x, one), inf = infinity(d, x);
    const V y = hn::Mul(Log()(d, u), hn::Div(x, hn::Sub(u, one)));
    return hn::IfThenElse(hn::Eq(u, one), x, hn::IfThenElse(hn::Eq(x, inf), inf, y));
  }
};

// Beyond the range in which Highway's argument reduction holds, the C library takes over, lane by lane.
template <class D, class V, class Far>
HWY_INLINE V where_far(D d, V x, V near, Far far) {
  using T = hn::TFromD<D>;
  const auto in_range = hn::Le(hn::Abs(x), hn::Set(d, static_cast<T>(39000)));
  if (HWY_LIKELY(hn::AllTrue(d, in_range))) return near;
  HWY_ALIGN T lanes[hn::MaxLanes(d)];
  hn::Store(x, d, lanes);
  for (std::size_t i = 0; i < hn::Lanes(d); ++i) lanes[i] = far(lanes[i]);
  return hn::IfThenElse(in_range, near, hn::Load(d, lanes));
}

struct Sin {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V near = hn::IfThenElse(hn::Eq(x, hn::Zero(d)), x, hn::Sin(d, x));  // −0 stays −0
    return where_far(d, x, near, [](auto lane) { return std::sin(lane); });
  }
};

struct Cos {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return where_far(d, x, hn::Cos(d, x), [](auto lane) { return std::cos(lane); });
  }
};

struct Tanh {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    using T = hn::TFromD<D>;
    const V limit = hn::Set(d, static_cast<T>(sizeof(T) == 4 ? 9.5 : 20.0));  // beyond, tanh rounds to ±1
    const V clipped = hn::Max(hn::Neg(limit), hn::Min(x, limit));
    return keep_nan(x, hn::IfThenElse(hn::Eq(x, hn::Zero(d)), x, hn::Tanh(d, clipped)));
  }
};

// σ(x) = 1 / (1 + e^(−x)), eq. 2.3; e^(−x) overflows to infinity where σ is 0.
struct Sigmoid {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V one = hn::Set(d, static_cast<hn::TFromD<D>>(1));
    return hn::Div(one, hn::Add(one, Exp()(d, hn::Neg(x))));
  }
};

// "Not ≤ 0" rather than "> 0", so that NaN passes and is seen.
struct Relu {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return hn::IfThenZeroElse(hn::Le(x, hn::Zero(d)), x);
  }
};

}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
