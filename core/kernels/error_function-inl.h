// e^(−k·x²), the error function and the normal distribution on vectors, tails included: within 2 to 3 ulp of the exact
// value (docs/accuracy.md), NaN and infinities as the C library has them. Not a public header.
#include "math-inl.h"

#if defined(RETROGRAD_CORE_KERNELS_ERROR_FUNCTION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RETROGRAD_CORE_KERNELS_ERROR_FUNCTION_INL_H_
#undef RETROGRAD_CORE_KERNELS_ERROR_FUNCTION_INL_H_
#else
#define RETROGRAD_CORE_KERNELS_ERROR_FUNCTION_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {

// The polynomials here are minimax ones of relative errors, by Remez exchanges in 70 digits.

/// e^(−k·x²) as 2ⁿ·(1 + p), with n in the last bits of `shifted`, above −1500.
template <class V>
struct Exponential {
  V p, shifted;
};
/// x² in two parts; at most half the digits of x are in the square's first factor where products are not fused.
template <class D, class V>
HWY_INLINE V exact_square(D d, V x, V& rest) {
#if HWY_NATIVE_FMA
  static_cast<void>(d);
  const V square = hn::Mul(x, x);
  rest = hn::MulSub(x, x, square);
  return square;
#else
  const hn::RebindToUnsigned<D> bits;
  using U = hn::TFromD<decltype(bits)>;
  const U kept = sizeof(U) == 4 ? static_cast<U>(~U{0xFFF}) : static_cast<U>(~U{0x7FFFFFF});
  const V high = hn::BitCast(d, hn::And(hn::BitCast(bits, x), hn::Set(bits, kept)));
  rest = hn::Mul(hn::Sub(x, high), hn::Add(x, high));
  return hn::Mul(high, high);
#endif
}
/// Of an x ≥ 0 with k·x² up to 200 in float32, 1000 in float64, and k a power of two; `relative` is added to 1.
template <class D, class V>
HWY_INLINE Exponential<V> bell_in_parts(D d, V x, V k, V relative) {
  using T = hn::TFromD<D>;
  const auto number = [d](double value) HWY_ATTR { return hn::Set(d, static_cast<T>(value)); };
  V lost;
  const V minus_k = hn::Neg(k), square = exact_square(d, x, lost), exponent = hn::Mul(square, minus_k);
  const V magic = number(sizeof(T) == 4 ? 12582912.0 : 6755399441055744.0);  // its sum with a number holds it rounded
  const V shifted = hn::MulAdd(exponent, number(1.442695040888963407359924681), magic), n = hn::Sub(shifted, magic);
  V r = hn::NegMulAdd(n, number(sizeof(T) == 4 ? 0.693145751953125 : 0.6931471805596629565116018), exponent);
  const V rest = hn::MulAdd(lost, minus_k, relative);
  r = hn::NegMulAdd(n, number(sizeof(T) == 4 ? 1.428606765330187045e-6 : 0.28235290563031577122588448175e-12), r);
  r = hn::Add(r, rest);
  V q;
  if constexpr (sizeof(T) == 4)
    q = polynomial(d, r, 1.39508932e-3, 8.36895313e-3, 4.16661985e-2, 1.66665182e-1, 0.5);
  else
    q = polynomial(d, r, 2.0926834857875437e-9, 2.5112346569863731e-8, 2.7557233752103853e-7, 2.7557233936534107e-6,
                   2.4801587373225188e-5, 1.9841269897352822e-4, 1.3888888888858738e-3, 8.3333333333166226e-3,
                   4.1666666666666727e-2, 1.6666666666666685e-1, 0.5);
  return {hn::MulAdd(hn::Mul(r, r), q, r), shifted};
}
/// y·2ⁿ, in two steps: 2ⁿ may be below the range of its dtype.
template <class D, class V>
HWY_INLINE V times_power(D d, V y, V shifted) {
  using T = hn::TFromD<D>;
  constexpr bool kSingle = sizeof(T) == 4;
  const hn::RebindToSigned<D> whole;
  using I = hn::TFromD<decltype(whole)>;
  const auto exponent = hn::Add(hn::BitCast(whole, shifted), hn::Set(whole, static_cast<I>(kSingle ? 227 : 2023)));
  const V up = hn::BitCast(d, hn::ShiftLeft < kSingle ? 23 : 52 > (exponent));
  return hn::Mul(hn::Mul(y, up), hn::Set(d, static_cast<T>(kSingle ? 0x1p-100 : 0x1p-1000)));
}
template <class D, class V>
HWY_INLINE V at_most(D d, V x, double limit) {  // NaN stays
  const V most = hn::Set(d, static_cast<hn::TFromD<D>>(limit));
  return hn::IfThenElse(hn::Gt(x, most), most, x);
}

struct Bell {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x, V k) const {
    using T = hn::TFromD<D>;
    const V most = hn::Sqrt(hn::Div(hn::Set(d, static_cast<T>(sizeof(T) == 4 ? 110 : 800)), k)), size = hn::Abs(x);
    const Exponential<V> e = bell_in_parts(d, hn::IfThenElse(hn::Gt(size, most), most, size), k, hn::Zero(d));
    return times_power(d, hn::Add(e.p, hn::Set(d, static_cast<T>(1))), e.shifted);
  }
};

// Φ(−a) = e^(−a²/2)·M(a) for a ≥ 0, and M(a) = Q((a − c)/(a + c))/(a + c) with a polynomial Q. With this c the first
// coefficient is a float32 but for 2⁻²⁸ of it, which no other could make good.
inline constexpr double kMillsCenter = 2.75;
/// Q(v) without its last step, v·… + kMillsLast
inline constexpr double kMillsLast = 0.71898603755410917, kMillsLastRest = -4.0979856426014334e-17;
template <class D, class V>
HWY_INLINE V mills_slope(D d, V v) {
  if constexpr (sizeof(hn::TFromD<D>) == 4)
    return polynomial(d, v, 4.06038234e-05, -2.13625626e-05, -0.000454299414, -0.00030502447, 0.0025027527,
                      0.00321107265, -0.016444942, -0.0165660474, 0.182334378, -0.474354118);
  else
    return polynomial(d, v, -2.5875347129568482e-09, -8.628722043133442e-09, 3.8711504735781832e-09,
                      5.1672950849708505e-08, 5.931651688666043e-08, -8.5726205192375832e-08, -3.1443205228447466e-07,
                      -2.7696443974088629e-07, 4.8543656313239285e-07, 1.836558519278894e-06, 1.7046375937830447e-06,
                      -3.6569842923090434e-06, -1.2912025606025016e-05, -7.3910701514962183e-06, 4.0968494288174394e-05,
                      9.3789071606465921e-05, -5.1860457820515813e-05, -0.00051054839435769113, -0.0002972296543708664,
                      0.0025254752933651209, 0.0032103259166018721, -0.016448618178118008, -0.016565961731978072,
                      0.18233453599575872, -0.47435412658332876);
}

// A product y = f·Q(v) of a factor and that polynomial, and what the last steps took away of it.
template <class V>
struct Product {
  V y, lost;
};
template <class D, class V>
HWY_INLINE Product<V> times_mills(D d, V factor, V v) {
  using T = hn::TFromD<D>;
  const V slope = mills_slope(d, v), last = hn::Set(d, static_cast<T>(kMillsLast)), q = hn::MulAdd(v, slope, last);
  const V y = hn::Mul(factor, q);
#if HWY_NATIVE_FMA
  V rest = hn::MulAdd(v, slope, hn::Sub(last, q));
  if constexpr (sizeof(T) == 8) rest = hn::Add(rest, hn::Set(d, kMillsLastRest));
  return {y, hn::MulAdd(factor, rest, hn::MulSub(factor, q, y))};
#else
  return {y, hn::Zero(d)};
#endif
}

// x·Φ(x): max(x, 0) − h with h = a·Φ(−a) = t·Q(2t − 1)·e^(−a²/2), a = |x| and t = a/(a + c).
struct Gelu {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    using T = hn::TFromD<D>;
    const auto number = [d](double value) HWY_ATTR { return hn::Set(d, static_cast<T>(value)); };
    const V a = at_most(d, hn::Abs(x), sizeof(T) == 4 ? 15 : 39);
    const Exponential<V> e = bell_in_parts(d, a, number(0.5), hn::Zero(d));
    const V t = hn::Div(a, hn::Add(a, number(kMillsCenter)));
    const Product<V> of = times_mills(d, t, hn::MulSub(t, number(2), number(1)));
    const V h = times_power(d, hn::Add(of.y, hn::MulAdd(of.y, e.p, of.lost)), e.shifted);
    return hn::CopySign(hn::Sub(hn::ZeroIfNegative(x), h), x);
  }
};
// Φ(x) + x·φ(x): for x < 0 it is s = (M(a) − a/√2π)·e^(−a²/2), else 1 − s. 1/(a + c) is (1 − t)/c.
struct GeluSlope {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    using T = hn::TFromD<D>;
    const auto number = [d](double value) HWY_ATTR { return hn::Set(d, static_cast<T>(value)); };
    const V a = at_most(d, hn::Abs(x), sizeof(T) == 4 ? 15 : 39), one = number(1);
    const Exponential<V> e = bell_in_parts(d, a, number(0.5), hn::Zero(d));
    const V t = hn::Div(a, hn::Add(a, number(kMillsCenter)));
    const Product<V> of = times_mills(d, hn::Sub(one, t), hn::MulSub(t, number(2), one));
    const V density = number(1.0970912711039398);  // c/√2π
    const V rest = number(sizeof(T) == 4 ? -4.6072879e-08 : 8.4116667823321441e-17);
    const V s = hn::Add(hn::NegMulAdd(a, density, of.y), hn::NegMulAdd(a, rest, of.lost));
    const V share = times_power(d, hn::Mul(hn::MulAdd(s, e.p, s), number(1 / kMillsCenter)), e.shifted);
    return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), share, hn::Sub(one, share));
  }
};

/// erfc(z) of z ≥ 0 is 2·Φ(−z·√2) = e^(−z²)·√2·Q(1 − √2·c·t)·t with t = √2/(z + c/√2)/√2; what the rounding of t and
/// of its divisor took away goes into the exponent, times what it makes of the whole.
template <bool careful, class D, class V>
HWY_INLINE V erfc_of_positive(D d, V z) {
  using T = hn::TFromD<D>;
  constexpr double kRootTwo = 1.4142135623730950488, kCenter = 1.9445436482630056;  // √2, c/√2
  const auto number = [d](double value) HWY_ATTR { return hn::Set(d, static_cast<T>(value)); };
  const V one = number(1), center = number(kCenter), root = number(kRootTwo);
  const V divisor = hn::Add(z, center), t = hn::Div(root, divisor);
  V relative = hn::Zero(d);
#if HWY_NATIVE_FMA
  if constexpr (careful) {
    const V rest = number(sizeof(T) == 4 ? 2.42032342e-08 : -9.6672933134529135e-17);  // of √2
    const V hidden = hn::Sub(z, hn::Sub(divisor, center));
    const V missing = hn::Add(hn::NegMulAdd(t, hidden, rest), hn::NegMulAdd(t, divisor, root));
    relative = hn::Mul(missing, hn::MulAdd(t, number(1.19 * kCenter / 2), number(kRootTwo / 2)));
  }
#endif
  const Exponential<V> e = bell_in_parts(d, z, one, relative);
  const V v = hn::NegMulAdd(t, number(kMillsCenter), one);
  if constexpr (!careful) {
    const V y = hn::Mul(t, hn::MulAdd(v, mills_slope(d, v), number(kMillsLast)));
    return times_power(d, hn::MulAdd(y, e.p, y), e.shifted);
  }
  const Product<V> of = times_mills(d, t, v);
  return times_power(d, hn::Add(of.y, hn::MulAdd(of.y, e.p, of.lost)), e.shifted);
}
// z·P(z²) for |z| ≤ 1
template <class D, class V>
HWY_INLINE V erf_near_zero(D d, V z) {
  const V square = hn::Mul(z, z);
  V p;
  if constexpr (sizeof(hn::TFromD<D>) == 4)
    p = polynomial(d, square, 7.85401862e-05, -0.000801024318, 0.00518833334, -0.0268538147, 0.112835854, -0.37612626,
                   0.128379107);
  else
    p = polynomial(d, square, -4.2228872183935633e-12, 8.7037839597933636e-11, -1.2163040213218153e-09,
                   1.4792145466017913e-08, -1.636461439047498e-07, 1.6462043405539044e-06, -1.492564746500563e-05,
                   0.00012055332899354124, -0.00085483270218531134, 0.0052239776254220842, -0.026866170645129733,
                   0.11283791670955119, -0.37612638903183754, 0.12837916709551256);
  return hn::MulAdd(z, p, z);
}
struct Erf {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    using T = hn::TFromD<D>;
    const V size = at_most(d, hn::Abs(x), sizeof(T) == 4 ? 10 : 27), one = hn::Set(d, static_cast<T>(1));
    const V far = hn::Sub(one, erfc_of_positive<false>(d, size));
    return hn::CopySign(hn::IfThenElse(hn::Lt(size, one), erf_near_zero(d, size), far), x);
  }
};
struct Erfc {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    using T = hn::TFromD<D>;
    const V y = erfc_of_positive<true>(d, at_most(d, hn::Abs(x), sizeof(T) == 4 ? 11 : 28));
    return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Sub(hn::Set(d, static_cast<T>(2)), y), y);
  }
};

}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
