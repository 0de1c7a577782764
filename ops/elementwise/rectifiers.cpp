#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/elementwise/rectifiers.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../../core/kernels/math-inl.h"

#ifndef RETROGRAD_OPS_RECTIFIERS_KERNELS
#define RETROGRAD_OPS_RECTIFIERS_KERNELS
namespace retrograd {
struct RectifierKernels {
  // of x and one number for all
  detail::ByDtype<detail::BinaryRun> leaky_relu, leaky_relu_slope, elu, elu_slope;
  detail::ByDtype<detail::BinaryRun> passed;  // of a cotangent and a slope
};
}  // namespace retrograd
#endif

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace {

// g·s, but 0 where s is: what is flat lets nothing pass, an infinite g neither.
struct Passed {
  template <class D, class V>
  V operator()(D d, V g, V s) const {
    return hn::IfThenZeroElse(hn::Eq(s, hn::Zero(d)), hn::Mul(g, s));
  }
};
// slope·x where x ≤ 0, and 0 of a flat side also at −∞; NaN is not ≤ 0.
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

const RectifierKernels* rectifier_kernels() {
  static constexpr RectifierKernels kKernels = {binary_floats<LeakyRelu>(), binary_floats<LeakyReluSlope>(),
                                                binary_floats<Elu>(), binary_floats<EluSlope>(),
                                                binary_floats<Passed>()};
  return &kKernels;
}

}  // namespace
}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "../../core/compute/creation.h"
#include "../../core/compute/map.h"
#include "../../core/compute/zip.h"
#include "../../core/tape/tape.h"
#include "arithmetic.h"
#include "comparison.h"
#include "exponential.h"
#include "rectifiers.h"
#include "scalar_kernels.h"

namespace retrograd {

namespace {

const RectifierKernels& kernels() { return *RETROGRAD_DISPATCH(rectifier_kernels)(); }

constexpr auto kHardSigmoid = detail::scalar_unary([](auto x) {
  using T = decltype(x);
  return x <= -3 ? T(0) : x >= 3 ? T(1) : (x + 3) / 6;
});

// kernel(x, number); a dtype that the kernel does not take is its to refuse.
Tensor map_with(const char* op, const detail::ByDtype<detail::BinaryRun>& kernel, const Tensor& x, double number) {
  return detail::zip(op, kernel, x, full({}, number, is_floating(x.dtype()) ? x.dtype() : float32));
}

constexpr auto kHardSigmoidSlope = detail::scalar_unary([](auto x) {
  using T = decltype(x);
  return x <= -3 || x >= 3 ? T(0) : x == x ? T(1) / 6 : x;
});

// r = g·s, but 0 where s is; dr = s·dg + g·ds likewise
Tensor passed(const Tensor& g, const Tensor& s) {
  return record("passed", detail::zip("passed", kernels().passed, g, s),
                wrt(g, [s](const Tensor& gg) { return passed(gg, s); }),
                wrt(s, [g, s](const Tensor& gg) { return gg * g; }));
}

// r = α·eˣ where x ≤ 0, else 1; dr = α·eˣ·dx where x ≤ 0, else 0
Tensor elu_slope(const Tensor& x, double alpha) {
  return record("elu_slope", map_with("elu_slope", kernels().elu_slope, x, alpha), wrt(x, [x, alpha](const Tensor& g) {
                  const Tensor right = x > 0;
                  return passed(g, where(right, 0, alpha * exp(where(right, -x, x))));
                }));
}

Tensor elu_named(const char* op, const Tensor& x, double alpha) {
  return record(op, map_with(op, kernels().elu, x, alpha),
                wrt(x, [x, alpha](const Tensor& g) { return passed(g, elu_slope(x, alpha)); }));
}

}  // namespace

// d = [x > 0 ? 1 : slope]·dx
Tensor leaky_relu(const Tensor& x, double slope) {
  return record("leaky_relu", map_with("leaky_relu", kernels().leaky_relu, x, slope),
                wrt(x, [x, slope](const Tensor& g) {
                  return passed(g, map_with("leaky_relu_slope", kernels().leaky_relu_slope, x, slope));
                }));
}

// d = [x > 0 ? 1 : α·eˣ]·dx; not y + α, which has no digits left where eˣ is small
Tensor elu(const Tensor& x, double alpha) { return elu_named("elu", x, alpha); }

// λ·elu(x, α); the constants from the paper's appendix
Tensor selu(const Tensor& x) {
  constexpr double kLambda = 1.0507009873554804934193349852946, kAlpha = 1.6732632423543772848170429916717;
  return kLambda * elu_named("selu", x, kAlpha);
}

// d = [|x| < 3]·dx/6
Tensor hard_sigmoid(const Tensor& x) {
  return record("hard_sigmoid", detail::map("hard_sigmoid", kHardSigmoid, x), wrt(x, [x](const Tensor& g) {
                  return passed(g, detail::map("hard_sigmoid_slope", kHardSigmoidSlope, x));
                }));
}

}  // namespace retrograd
#endif  // HWY_ONCE
