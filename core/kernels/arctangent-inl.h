// Inverse trigonometric functions on vectors, within 2 ulp of the exact value (docs/accuracy.md), with the C library's
// results for NaN, infinities and zeros of either sign. Not a public header.
#include "math-inl.h"

#if defined(RETROGRAD_CORE_KERNELS_ARCTANGENT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RETROGRAD_CORE_KERNELS_ARCTANGENT_INL_H_
#undef RETROGRAD_CORE_KERNELS_ARCTANGENT_INL_H_
#else
#define RETROGRAD_CORE_KERNELS_ARCTANGENT_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {

/// π/2 and what it lacks.
template <class D, class V>
HWY_INLINE V half_pi(D d, V) {
  return hn::Set(d, static_cast<hn::TFromD<D>>(1.5707963267948966));
}
template <class D, class V>
HWY_INLINE V half_pi_rest(D d, V) {
  using T = hn::TFromD<D>;
  return hn::Set(d, static_cast<T>(sizeof(T) == 4 ? -4.371139e-08 : 6.123233995736766e-17));
}

/// atan q of 0 ≤ q ≤ 1: q + q³·P(q²) with a minimax polynomial P.
template <class D, class V>
HWY_INLINE V atan_of_share(D d, V q) {
  const V z = hn::Mul(q, q);
  V p;
  if constexpr (sizeof(hn::TFromD<D>) == 4)
    p = polynomial(d, z, -0.00179372204, 0.0109150354, -0.0311786048, 0.0579583086, -0.0840348899, 0.109521985,
                   -0.142642438, 0.199985489, -0.333332986);
  else
    p = polynomial(d, z, 1.322542977033677e-05, -0.00015216413127482309, 0.00083133561361372168, -0.0028849535612936908,
                   0.0071965635855364045, -0.013900634070496782, 0.021984919649980398, -0.029903902423824041,
                   0.036641932350525146, -0.04219179709942552, 0.047223223994493836, -0.05253518580458541,
                   0.058805278167626887, -0.066664040577680522, 0.076922798393957506, -0.090909070030207401,
                   0.11111111007030222, -0.14285714282575399, 0.1999999999995147, -0.33333333333333071);
  return hn::MulAdd(hn::Mul(q, z), p, q);
}

struct Atan {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V one = hn::Set(d, static_cast<hn::TFromD<D>>(1)), size = hn::Abs(x);
    const auto is_large = hn::Gt(size, one);
    const V near = atan_of_share(d, hn::IfThenElse(is_large, hn::Div(one, size), size));
    const V far = hn::Sub(half_pi(d, x), hn::Sub(near, half_pi_rest(d, x)));
    return hn::CopySign(hn::IfThenElse(is_large, far, near), x);
  }
};

// The angle to the nearer axis, added to or subtracted from the angle of that axis: π/2 if the point is steep, else π
// or 0. −0 is left of the origin.
struct Atan2 {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V y, V x) const {
    const V zero = hn::Zero(d), one = hn::Set(d, static_cast<hn::TFromD<D>>(1)), sign = hn::SignBit(d);
    const V half = half_pi(d, x), half_rest = half_pi_rest(d, x), up = hn::Abs(y), along = hn::Abs(x);
    const auto is_steep = hn::Gt(up, along), is_left = hn::Lt(hn::CopySign(one, x), zero);
    const V least = hn::IfThenElse(is_steep, along, up), most = hn::IfThenElse(is_steep, up, along);
    V q = hn::Div(least, hn::IfThenElse(hn::Eq(most, zero), one, most));
    q = hn::IfThenElse(hn::Eq(least, infinity(d, x)), one, q);  // the diagonals at infinity
    const V flip = hn::And(sign, hn::Xor(x, hn::IfThenElseZero(is_steep, sign)));
    const V angle = hn::Xor(atan_of_share(d, q), flip);
    const V axis = hn::IfThenElse(is_steep, half, hn::IfThenElseZero(is_left, hn::Add(half, half)));
    const V rest = hn::IfThenElse(is_steep, half_rest, hn::IfThenElseZero(is_left, hn::Add(half_rest, half_rest)));
    const V whole = hn::CopySign(hn::Add(axis, hn::Add(rest, angle)), y);
    return hn::IfThenElse(hn::And(hn::Eq(x, x), hn::Eq(y, y)), whole, hn::Add(x, y));
  }
};

// asin s of 0 ≤ s ≤ 1/2 is s + s·rise: s³·P(s²) with a minimax polynomial P; z is s².
template <class D, class V>
HWY_INLINE V asin_rise(D d, V z) {
  V p;
  if constexpr (sizeof(hn::TFromD<D>) == 4)
    p = polynomial(d, z, 0.0375163183, 0.0144387921, 0.0318076462, 0.0445169657, 0.0750050396, 0.166666597);
  else
    p = polynomial(d, z, 0.032628466527599626, -0.020998862751636829, 0.021707348898434304, 0.0037064284645461159,
                   0.010780253916951915, 0.011398910709376693, 0.013980820916739724, 0.01735161196576197,
                   0.02237221499132621, 0.030381942707615722, 0.044642857174616225, 0.074999999999707939,
                   0.1666666666666676);
  return hn::Mul(z, p);
}
// Beyond 1/2, asin a = π/2 − 2·asin s with s = √((1 − a)/2): 2s is subtracted first, which takes no digit away where
// the result is small.
struct Asin {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V half = hn::Set(d, static_cast<hn::TFromD<D>>(0.5)), a = hn::Abs(x);
    const auto is_large = hn::Gt(a, half);
    const V z = hn::IfThenElse(is_large, hn::NegMulAdd(a, half, half), hn::Mul(a, a));
    const V s = hn::IfThenElse(is_large, hn::Sqrt(z), a), rise = hn::Mul(s, asin_rise(d, z));
    const V twice = hn::Add(s, s), right = half_pi(d, x), left = hn::Sub(right, twice);
    const V lost = hn::Sub(hn::Sub(hn::Sub(right, left), twice), hn::Sub(hn::Add(rise, rise), half_pi_rest(d, x)));
    const V far = hn::Add(left, lost);
    return hn::CopySign(hn::IfThenElse(is_large, far, hn::Add(s, rise)), x);
  }
};
// π/2 − asin x; beyond 1/2, 2·asin s, and below −1/2, π − 2·asin s.
struct Acos {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V half = hn::Set(d, static_cast<hn::TFromD<D>>(0.5)), a = hn::Abs(x), zero = hn::Zero(d);
    const auto is_large = hn::Gt(a, half);
    const V z = hn::IfThenElse(is_large, hn::NegMulAdd(a, half, half), hn::Mul(a, a));
    const V s = hn::CopySign(hn::IfThenElse(is_large, hn::Sqrt(z), a), x), rise = hn::Mul(s, asin_rise(d, z));
    const V right = half_pi(d, x), rest = half_pi_rest(d, x);
    const V near = hn::Sub(hn::Sub(right, s), hn::Sub(rise, rest));
    const V twice = hn::Add(s, s), more = hn::Add(rise, rise);
    const V start = hn::IfThenElseZero(hn::Lt(x, zero), hn::Add(right, right));
    const V start_rest = hn::IfThenElseZero(hn::Lt(x, zero), hn::Add(rest, rest));
    const V far = hn::Add(hn::Add(start, twice), hn::Add(start_rest, more));
    return hn::IfThenElse(is_large, far, near);
  }
};

}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
