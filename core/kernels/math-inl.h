// Transcendental functions on vectors, within 2 ulp of the exact value (docs/accuracy.md), with the C library's results
// for NaN and infinities. Highway's functions are used if they are accurate enough; outside their domains they return
// finite garbage, so each is guarded. Not a public header.
#include "simd-inl.h"

#if defined(RETROGRAD_CORE_KERNELS_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RETROGRAD_CORE_KERNELS_MATH_INL_H_
#undef RETROGRAD_CORE_KERNELS_MATH_INL_H_
#else
#define RETROGRAD_CORE_KERNELS_MATH_INL_H_
#endif

#include <hwy/contrib/math/math-inl.h>

#include <cmath>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {

template <class D, class V>
HWY_INLINE V infinity(D d, V) {
  return hn::Set(d, std::numeric_limits<hn::TFromD<D>>::infinity());
}
/// y, or x itself if x is NaN.
template <class V>
HWY_INLINE V keep_nan(V x, V y) {
  return hn::IfThenElse(hn::Eq(x, x), y, x);
}

/// c₀·xⁿ + … + cₙ
template <class D, class V, class... More>
HWY_INLINE V polynomial(D d, V x, double first, More... more) {
  V y = hn::Set(d, static_cast<hn::TFromD<D>>(first));
  ((y = hn::MulAdd(y, x, hn::Set(d, static_cast<hn::TFromD<D>>(more)))), ...);
  return y;
}

/// Op()(tag, x...) of float32 numbers on vectors of float64, in halves of a vector.
template <class Op, class D, class V, class... More>
HWY_INLINE V in_doubles(D d, V x, More... more) {
#if HWY_TARGET == HWY_SCALAR
  const hn::Rebind<double, D> wide;
  const auto y = Op()(wide, hn::PromoteTo(wide, x), hn::PromoteTo(wide, more)...);
  return hn::Set(d, static_cast<float>(hn::GetLane(y)));  // DemoteTo would end at the largest number
#else
  const hn::Half<D> half;
  const hn::Rebind<double, hn::Half<D>> wide;
  const auto low =
      Op()(wide, hn::PromoteTo(wide, hn::LowerHalf(half, x)), hn::PromoteTo(wide, hn::LowerHalf(half, more))...);
  const auto high =
      Op()(wide, hn::PromoteTo(wide, hn::UpperHalf(half, x)), hn::PromoteTo(wide, hn::UpperHalf(half, more))...);
  return hn::Combine(d, hn::DemoteTo(half, high), hn::DemoteTo(half, low));
#endif
}

struct Exp {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    using T = hn::TFromD<D>;
    const V largest = hn::Set(d, sizeof(T) == 4 ? static_cast<T>(88.72283935546875) : static_cast<T>(709.782712893384));
    return keep_nan(x, hn::IfThenElse(hn::Gt(x, largest), infinity(d, x), hn::Exp(d, hn::Min(x, largest))));
  }
};

// e^x − 1 = 2·(2^(n−1)·(e^r − 1) + (2^(n−1) − 1/2)) with x = n·ln 2 + r; the operands of the subtractions are exact.
struct Expm1 {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    using T = hn::TFromD<D>;
    const V largest = hn::Set(d, sizeof(T) == 4 ? static_cast<T>(88.72283935546875) : static_cast<T>(709.782712893384));
    const V held = hn::Max(hn::Min(x, largest), hn::Set(d, static_cast<T>(-40)));  // the result rounds to −1
    const V half = hn::CopySign(hn::Set(d, static_cast<T>(0.5)), held);
    hn::impl::ExpImpl<T> of;
    const auto n = of.ToInt32(d, hn::MulAdd(held, hn::Set(d, static_cast<T>(1.442695040888963407359924681)), half));
    const V p = of.ExpPoly(d, of.ExpReduce(d, held, n));
    const V scale = of.Pow2I(d, hn::Sub(n, hn::Set(hn::Rebind<std::int32_t, D>(), 1)));
    const V y = hn::MulAdd(scale, p, hn::Sub(scale, hn::Set(d, static_cast<T>(0.5))));
    const V whole = hn::IfThenElse(hn::Gt(x, largest), infinity(d, x), hn::Add(y, y));
    return keep_nan(x, hn::IfThenElse(hn::Eq(x, hn::Zero(d)), x, whole));  // −0 stays −0
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

// ln(1 + x) = ln(u) + c/u, where u is 1 + x rounded and c is the rounding error.
struct Log1p {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V one = hn::Set(d, static_cast<hn::TFromD<D>>(1));
    const V u = hn::Add(x, one), inf = infinity(d, x);
    const V c = hn::IfThenElse(hn::Lt(x, one), hn::Sub(x, hn::Sub(u, one)), hn::Sub(one, hn::Sub(u, x)));
    const V log = Log()(d, u), y = hn::Add(log, hn::Div(c, u));
    const auto is_edge = hn::Or(hn::Eq(u, hn::Zero(d)), hn::Eq(u, inf));
    return hn::IfThenElse(hn::Eq(x, hn::Zero(d)), x, hn::IfThenElse(is_edge, log, y));  // −0 stays −0
  }
};

// x = n·π/2 + r + rest with |r| at most slightly above π/4, for |x| ≤ 39000. The quadrant is in the low bits of
// `quadrant`. π/2 is split as in fdlibm, into parts of 33 bits, so that their products with n are exact, and so are the
// differences, up to a remainder that is kept.
template <class D, class V, class VU>
HWY_INLINE void reduce_double(D d, V x, V& r, V& rest, VU& quadrant) {
  const V magic = hn::Set(d, 6755399441055744.0);  // 1.5·2^52: adding it rounds to an integer
  const V shifted = hn::MulAdd(x, hn::Set(d, 6.36619772367581382433e-01), magic), n = hn::Sub(shifted, magic);
  quadrant = hn::BitCast(hn::RebindToUnsigned<D>(), shifted);
  const V first = hn::Sub(x, hn::Mul(n, hn::Set(d, 1.57079632673412561417e+00)));
  const V second = hn::Mul(n, hn::Set(d, 6.07710050630396597660e-11)), after = hn::Sub(first, second);
  const V third = hn::Mul(n, hn::Set(d, 2.02226624871116645580e-21)), last = hn::Sub(after, third);
  V left = hn::Sub(hn::Sub(first, after), second);
  left = hn::Add(left, hn::Sub(hn::Sub(after, last), third));
  left = hn::Sub(left, hn::Mul(n, hn::Set(d, 8.47842766036889956997e-32)));
  r = hn::Add(last, left);
  rest = hn::Add(hn::Sub(last, r), left);
}
// The same for float32, computed in float64, one half vector at a time.
template <class D, class V, class VU>
HWY_INLINE void reduce_single(D d, V x, V& r, V& rest, VU& quadrant) {
  const V magic = hn::Set(d, 12582912.0f);
  const V shifted = hn::MulAdd(x, hn::Set(d, 0.636619772f), magic), n = hn::Sub(shifted, magic);
  quadrant = hn::BitCast(hn::RebindToUnsigned<D>(), shifted);
  const auto reduced = [](auto dd, auto wide_x, auto wide_n) HWY_ATTR {
    const auto first = hn::Sub(wide_x, hn::Mul(wide_n, hn::Set(dd, 1.57079632673412561417e+00)));
    return hn::Sub(first, hn::Mul(wide_n, hn::Set(dd, 6.07710050650619224932e-11)));
  };
#if HWY_TARGET == HWY_SCALAR
  const hn::Rebind<double, D> wide;
  r = hn::DemoteTo(d, reduced(wide, hn::PromoteTo(wide, x), hn::PromoteTo(wide, n)));
#else
  const hn::Half<D> half;
  const hn::Rebind<double, hn::Half<D>> wide;
  const auto low =
      reduced(wide, hn::PromoteTo(wide, hn::LowerHalf(half, x)), hn::PromoteTo(wide, hn::LowerHalf(half, n)));
  const auto high =
      reduced(wide, hn::PromoteTo(wide, hn::UpperHalf(half, x)), hn::PromoteTo(wide, hn::UpperHalf(half, n)));
  r = hn::Combine(d, hn::DemoteTo(half, high), hn::DemoteTo(half, low));
#endif
  rest = hn::Zero(d);
}

// sin and cos of r + rest by fdlibm's polynomials; for float32 by shorter ones (errors of 4e-9 and 1e-10).
template <class D, class V>
HWY_INLINE V sine_of_reduced(D d, V r, V rest) {
  const V z = hn::Mul(r, r), cube = hn::Mul(z, r);
  if constexpr (sizeof(hn::TFromD<D>) == 4)
    return hn::MulAdd(cube, polynomial(d, z, -1.9514838788847885e-4, 8.3321604894469881e-3, -1.6666654673559955e-1), r);
  const V p = polynomial(d, z, 1.58969099521155010221e-10, -2.50507602534068634195e-08, 2.75573137070700676789e-06,
                         -1.98412698298579493134e-04, 8.33333333332248946124e-03);
  const V half = hn::Set(d, static_cast<hn::TFromD<D>>(0.5));
  const V tail = hn::Sub(hn::Mul(z, hn::NegMulAdd(cube, p, hn::Mul(half, rest))), rest);
  return hn::Sub(r, hn::NegMulAdd(cube, hn::Set(d, static_cast<hn::TFromD<D>>(-1.66666666666666324348e-01)), tail));
}
template <class D, class V>
HWY_INLINE V cosine_of_reduced(D d, V r, V rest) {
  using T = hn::TFromD<D>;
  const V z = hn::Mul(r, r), half_z = hn::Mul(z, hn::Set(d, static_cast<T>(0.5))), one = hn::Set(d, static_cast<T>(1));
  const V w = hn::Sub(one, half_z);
  V p;
  if constexpr (sizeof(T) == 4)
    p = polynomial(d, z, 2.4435691726783013e-5, -1.3887344248039307e-3, 4.1666646409938592e-2);
  else
    p = polynomial(d, z, -1.13596475577881948265e-11, 2.08757232129817482790e-09, -2.75573143513906633035e-07,
                   2.48015872894767294178e-05, -1.38888888888741095749e-03, 4.16666666666666019037e-02);
  const V tail = hn::MulSub(hn::Mul(z, z), p, hn::Mul(r, rest));
  return hn::Add(w, hn::Add(hn::Sub(hn::Sub(one, w), half_z), tail));
}
// sin(x + turns·π/2)
template <class D, class V>
HWY_INLINE V sine_turned(D d, V x, int turns) {
  using T = hn::TFromD<D>;
  const hn::RebindToUnsigned<D> bits;
  using U = hn::TFromD<decltype(bits)>;
  V r, rest;
  auto quadrant = hn::Zero(bits);
  if constexpr (sizeof(T) == 4)
    reduce_single(d, x, r, rest, quadrant);
  else
    reduce_double(d, x, r, rest, quadrant);
  quadrant = hn::Add(quadrant, hn::Set(bits, static_cast<U>(turns)));
  const auto is_odd = hn::Eq(hn::And(quadrant, hn::Set(bits, U{1})), hn::Set(bits, U{1}));
  const V size = hn::IfThenElse(hn::RebindMask(d, is_odd), cosine_of_reduced(d, r, rest), sine_of_reduced(d, r, rest));
  const auto sign = hn::ShiftLeft<sizeof(T) * 8 - 2>(hn::And(quadrant, hn::Set(bits, U{2})));
  return hn::Xor(size, hn::BitCast(d, sign));
}

// Beyond the range of the reduction, falls back to the C library, lane by lane.
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
    const V near = hn::IfThenElse(hn::Eq(x, hn::Zero(d)), x, sine_turned(d, x, 0));  // −0 stays −0
    return where_far(d, x, near, [](auto lane) { return std::sin(lane); });
  }
};

struct Cos {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return where_far(d, x, sine_turned(d, x, 1), [](auto lane) { return std::cos(lane); });
  }
};

// e^x for x ≤ 0; preserves NaN.
template <class D, class V>
HWY_INLINE V exp_below(D d, V x) {
  return keep_nan(x, hn::Exp(d, x));
}

// Near 0 a polynomial in x² (S. L. Moshier's Cephes). Where |tanh x| > 1/2, 1 − 2e/(1 + e) with e = e^(−2|x|), where
// the error of the fraction is that of a smaller number. Both branches share one division.
struct Tanh {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    using T = hn::TFromD<D>;
    const V size = hn::Abs(x), square = hn::Mul(x, x), one = hn::Set(d, static_cast<T>(1));
    const V e = exp_below(d, hn::Mul(size, hn::Set(d, static_cast<T>(-2))));
    const auto is_near = hn::Lt(size, hn::Set(d, static_cast<T>(0.625)));
    const V base = hn::IfThenElse(is_near, size, one), sum = hn::Add(e, one);
    const V far = hn::Mul(e, hn::Set(d, static_cast<T>(-2)));
    V y;
    if constexpr (sizeof(T) == 4) {
      const V p = polynomial(d, square, -5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1,
                             -3.33332819422e-1);
      y = hn::Add(base, hn::IfThenElse(is_near, hn::Mul(hn::Mul(p, square), size), hn::Div(far, sum)));
    } else {
      const V p =
          polynomial(d, square, -9.64399179425052238628e-1, -9.92877231001918586564e1, -1.61468768441708447952e3);
      const V q =
          polynomial(d, square, 1.0, 1.12811678491632931402e2, 2.23548839060100448583e3, 4.84406305325125486048e3);
      const V near = hn::Mul(hn::Mul(p, square), size);
      y = hn::Add(base, hn::Div(hn::IfThenElse(is_near, near, far), hn::IfThenElse(is_near, q, sum)));
    }
    return hn::CopySign(y, x);
  }
};

// σ(x) = 1 / (1 + e^(−x)), eq. 2.3: with e = e^(−|x|) and t = e/(1 + e), it is 1 − t, or e − e·t for x < 0. Nothing
// overflows, and subnormal results are not lost.
struct Sigmoid {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V one = hn::Set(d, static_cast<hn::TFromD<D>>(1)), e = exp_below(d, hn::Neg(hn::Abs(x)));
    const V whole = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), e, one);
    return hn::NegMulAdd(whole, hn::Div(e, hn::Add(one, e)), whole);
  }
};

// "Not ≤ 0" rather than "> 0", so that NaN propagates.
struct Relu {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return hn::IfThenZeroElse(hn::Le(x, hn::Zero(d)), x);
  }
};

}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
