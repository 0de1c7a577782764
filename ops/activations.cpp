#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/activations.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "math-inl.h"

#ifndef RETROGRAD_OPS_ACTIVATIONS_KERNELS
#define RETROGRAD_OPS_ACTIVATIONS_KERNELS
namespace retrograd {
struct ActivationKernels {
  detail::ByDtype<detail::UnaryRun> relu, sigmoid, tanh;
  detail::ByDtype<detail::BinaryRun> relu_gradient, sigmoid_gradient, tanh_gradient;
};
}  // namespace retrograd
#endif

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace {

// g where y is not ≤ 0
struct ReluGradient {
  template <class D, class V>
  V operator()(D d, V g, V y) const {
    return hn::IfThenZeroElse(hn::Le(y, hn::Zero(d)), g);
  }
};
// g·y·(1 − y)
struct SigmoidGradient {
  template <class D, class V>
  V operator()(D d, V g, V y) const {
    return hn::Mul(g, hn::Mul(y, hn::Sub(hn::Set(d, static_cast<hn::TFromD<D>>(1)), y)));
  }
};
// g·(1 − y²)
struct TanhGradient {
  template <class D, class V>
  V operator()(D d, V g, V y) const {
    return hn::Mul(g, hn::NegMulAdd(y, y, hn::Set(d, static_cast<hn::TFromD<D>>(1))));
  }
};

const ActivationKernels* activation_kernels() {
  static constexpr ActivationKernels kKernels = {
      unary_floats<Relu>(),          unary_floats<Sigmoid>(),          unary_floats<Tanh>(),
      binary_floats<ReluGradient>(), binary_floats<SigmoidGradient>(), binary_floats<TanhGradient>()};
  return &kKernels;
}

}  // namespace
}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "../core/tape.h"
#include "activations.h"
#include "arithmetic.h"
#include "comparison.h"
#include "exponential.h"

namespace retrograd {

namespace {
HWY_EXPORT(activation_kernels);
const ActivationKernels& kernels() { return *HWY_DISPATCH_TABLE(activation_kernels)[detail::simd_target_index()](); }

}  // namespace

// The derivatives as ops of their own, one pass each, with rules of their own.

// r = g·[y > 0]
Tensor detail::relu_gradient(Tensor g, const Tensor& y) {
  if (!is_recorded(g, y)) return detail::zip_reusing("relu_gradient", kernels().relu_gradient, std::move(g), y);
  return record("relu_gradient", detail::zip("relu_gradient", kernels().relu_gradient, g, y),
                wrt(g, [y](const Tensor& gg) { return detail::relu_gradient(gg, y); }));
}

// r = g·y·(1 − y); ∂r/∂y = g·(1 − 2y)
Tensor detail::sigmoid_gradient(Tensor g, const Tensor& y) {
  if (!is_recorded(g, y)) return detail::zip_reusing("sigmoid_gradient", kernels().sigmoid_gradient, std::move(g), y);
  return record("sigmoid_gradient", detail::zip("sigmoid_gradient", kernels().sigmoid_gradient, g, y),
                wrt(g, [y](const Tensor& gg) { return detail::sigmoid_gradient(gg, y); }),
                wrt(y, [g, y](const Tensor& gg) { return gg * g * (1 - 2 * y); }));
}

// r = g·(1 − y²); ∂r/∂y = −2·g·y
Tensor detail::tanh_gradient(Tensor g, const Tensor& y) {
  if (!is_recorded(g, y)) return detail::zip_reusing("tanh_gradient", kernels().tanh_gradient, std::move(g), y);
  return record("tanh_gradient", detail::zip("tanh_gradient", kernels().tanh_gradient, g, y),
                wrt(g, [y](const Tensor& gg) { return detail::tanh_gradient(gg, y); }),
                wrt(y, [g, y](const Tensor& gg) { return -2 * gg * g * y; }));
}

namespace {

// "Not ≤ 0" rather than "> 0", so that NaN passes and is seen.
Tensor relu_composed(const Tensor& x) { return where(x <= 0, 0, x); }
Tensor relu_fused(const Tensor& x) {
  Tensor y = detail::map("relu", kernels().relu, x);
  if (!is_recorded(x)) return y;
  return record("relu", y, wrt(x, [y](Tensor g) { return detail::relu_gradient(std::move(g), y); }));
}

// Eq. 2.3, and below 0 the same multiplied out, e^x/(1 + e^x): neither overflows on its side.
Tensor sigmoid_composed(const Tensor& x) {
  const Tensor below = x < 0;
  const Tensor e = exp(where(below, x, -x));
  return where(below, e, 1) / (1 + e);
}
Tensor sigmoid_fused(const Tensor& x) {
  Tensor y = detail::map("sigmoid", kernels().sigmoid, x);
  if (!is_recorded(x)) return y;
  return record("sigmoid", y, wrt(x, [y](Tensor g) { return detail::sigmoid_gradient(std::move(g), y); }));
}

}  // namespace

constinit const Override fused::relu{"relu", relu_composed, relu_fused};
constinit const Override fused::sigmoid{"sigmoid", sigmoid_composed, sigmoid_fused};

Tensor relu(const Tensor& x) { return fused::relu(x); }
Tensor sigmoid(const Tensor& x) { return fused::sigmoid(x); }

// d tanh x = (1 − y²)·dx
Tensor tanh(const Tensor& x) {
  Tensor y = detail::map("tanh", kernels().tanh, x);
  if (!is_recorded(x)) return y;
  return record("tanh", y, wrt(x, [y](Tensor g) { return detail::tanh_gradient(std::move(g), y); }));
}

}  // namespace retrograd
#endif  // HWY_ONCE
