#define HWY_TARGET_INCLUDE "core/kernels/rectifiers.cpp"
#include "rectifiers.h"

#include "math-inl.h"

RETROGRAD_BEGIN_KERNELS();

// g·s, but 0 where s is 0: a zero slope blocks even an infinite g.
struct Passed {
  template <class D, class V>
  V operator()(D d, V g, V s) const {
    return hn::IfThenZeroElse(hn::Eq(s, hn::Zero(d)), hn::Mul(g, s));
  }
};
// slope·x where x ≤ 0, and 0 at −∞ if the slope is 0; NaN is not ≤ 0.
struct LeakyRelu {
  template <class D, class V>
  V operator()(D d, V x, V slope) const {
    const auto is_endless = hn::And(hn::Eq(slope, hn::Zero(d)), hn::Eq(x, hn::Neg(infinity(d, x))));
    const V left = hn::Mul(slope, hn::IfThenElse(is_endless, hn::Set(d, static_cast<hn::TFromD<D>>(-1)), x));
    return hn::IfThenElse(hn::Le(x, hn::Zero(d)), left, x);
  }
};
struct LeakyReluSlope {
  template <class D, class V>
  V operator()(D d, V x, V slope) const {
    const V right = hn::IfThenElse(hn::Gt(x, hn::Zero(d)), hn::Set(d, static_cast<hn::TFromD<D>>(1)), x);  // or NaN
    return hn::IfThenElse(hn::Le(x, hn::Zero(d)), slope, right);
  }
};
// α·(eˣ − 1) where x ≤ 0
struct Elu {
  template <class D, class V>
  V operator()(D d, V x, V alpha) const {
    return hn::IfThenElse(hn::Gt(x, hn::Zero(d)), x, hn::Mul(alpha, Expm1()(d, x)));
  }
};
// α·eˣ where x ≤ 0, else 1
struct EluSlope {
  template <class D, class V>
  V operator()(D d, V x, V alpha) const {
    const V one = hn::Set(d, static_cast<hn::TFromD<D>>(1));
    return hn::IfThenElse(hn::Gt(x, hn::Zero(d)), one, hn::Mul(alpha, Exp()(d, x)));
  }
};

struct HardSigmoid {
  template <class T>
  static T plain(T x) {
    return x <= -3 ? T(0) : x >= 3 ? T(1) : (x + 3) / 6;
  }
};
struct HardSigmoidSlope {
  template <class T>
  static T plain(T x) {
    return x <= -3 || x >= 3 ? T(0) : x == x ? T(1) / 6 : x;
  }
};

constexpr detail::RectifierKernels kTable = {
    .leaky_relu = binary_floats<LeakyRelu>(),
    .leaky_relu_slope = binary_floats<LeakyReluSlope>(),
    .elu = binary_floats<Elu>(),
    .elu_slope = binary_floats<EluSlope>(),
    .hard_sigmoid = plain_unary_floats<HardSigmoid>(),
    .hard_sigmoid_slope = plain_unary_floats<HardSigmoidSlope>(),
    .passed = binary_floats<Passed>(),
};

RETROGRAD_END_KERNELS(RectifierKernels, rectifier_kernels);
