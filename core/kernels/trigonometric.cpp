#define HWY_TARGET_INCLUDE "core/kernels/trigonometric.cpp"
#include "trigonometric.h"

#include <cmath>
#include <cstdint>

#include "arctangent-inl.h"

RETROGRAD_BEGIN_KERNELS();

// sin r/cos r, of odd quadrants −cos r/sin r; float32 on vectors of float64.
template <class D, class V>
HWY_INLINE V tan_reduced(D d, V x) {
  const hn::RebindToUnsigned<D> bits;
  V r, rest;
  auto quadrant = hn::Zero(bits);
  reduce_double(d, x, r, rest, quadrant);
  const auto one = hn::Set(bits, std::uint64_t{1});
  const auto is_odd = hn::RebindMask(d, hn::Eq(hn::And(quadrant, one), one));
  const V sine = sine_of_reduced(d, r, rest), cosine = cosine_of_reduced(d, r, rest);
  return hn::Div(hn::IfThenElse(is_odd, hn::Neg(cosine), sine), hn::IfThenElse(is_odd, sine, cosine));
}
struct TanWide {
  template <class D, class V>
  V operator()(D d, V x) const {
    return tan_reduced(d, x);
  }
};
struct Tan {
  template <class D, class V>
  V operator()(D d, V x) const {
    V near;
    if constexpr (sizeof(hn::TFromD<D>) == 4)
      near = in_doubles<TanWide>(d, x);
    else
      near = tan_reduced(d, x);
    near = hn::IfThenElse(hn::Eq(x, hn::Zero(d)), x, near);  // −0 stays −0
    return where_far(d, x, near, [](auto lane) { return std::tan(lane); });
  }
};
struct AsinSlope {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V one = hn::Set(d, static_cast<hn::TFromD<D>>(1));
    return hn::Div(one, hn::Sqrt(hn::Mul(hn::Sub(one, x), hn::Add(one, x))));
  }
};
// 1/(1 + x²), and (1/x)/(x + 1/x) for large x: the square would overflow where the slope is still a number.
struct AtanSlope {
  template <class D, class V>
  V operator()(D d, V x) const {
    const V one = hn::Set(d, static_cast<hn::TFromD<D>>(1)), inverse = hn::Div(one, x);
    const auto is_large = hn::Gt(hn::Abs(x), one);
    return hn::Div(hn::IfThenElse(is_large, inverse, one),
                   hn::IfThenElse(is_large, hn::Add(x, inverse), hn::MulAdd(x, x, one)));
  }
};
// a/(a² + b²) without the squares, which may overflow: with q the smaller one over the larger one, (1 or q)/(1 + q²)
// over the larger one.
struct OverSquares {
  template <class D, class V>
  V operator()(D d, V a, V b) const {
    const V one = hn::Set(d, static_cast<hn::TFromD<D>>(1)), inf = infinity(d, a);
    const V size_a = hn::Abs(a), size_b = hn::Abs(b);
    const auto is_first = hn::Ge(size_a, size_b);
    const V most = hn::IfThenElse(is_first, a, b), q = hn::Div(hn::IfThenElse(is_first, b, a), most);
    const V y = hn::Div(hn::Div(hn::IfThenElse(is_first, one, q), hn::MulAdd(q, q, one)), most);
    const auto is_endless = hn::Or(hn::Eq(size_a, inf), hn::Eq(size_b, inf));
    const auto is_number = hn::And(hn::Eq(a, a), hn::Eq(b, b));
    return hn::IfThenElse(is_number, hn::IfThenElse(is_endless, hn::CopySign(hn::Zero(d), a), y), hn::Add(a, b));
  }
};

constexpr detail::TrigonometricKernels kTable = {
    .sin = unary_floats<Sin>(),
    .cos = unary_floats<Cos>(),
    .tan = unary_floats<Tan>(),
    .asin = unary_floats<Asin>(),
    .acos = unary_floats<Acos>(),
    .atan = unary_floats<Atan>(),
    .atan2 = binary_floats<Atan2>(),
    .asin_slope = unary_floats<AsinSlope>(),
    .atan_slope = unary_floats<AtanSlope>(),
    .over_squares = binary_floats<OverSquares>(),
};

RETROGRAD_END_KERNELS(TrigonometricKernels, trigonometric_kernels);
