#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/trigonometric.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "math-inl.h"

#ifndef RETROGRAD_OPS_TRIGONOMETRIC_KERNELS
#define RETROGRAD_OPS_TRIGONOMETRIC_KERNELS
namespace retrograd {
struct TrigonometricKernels {
  detail::ByDtype<detail::UnaryRun> sin, cos;
};
}  // namespace retrograd
#endif

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace {
const TrigonometricKernels* trigonometric_kernels() {
  static constexpr TrigonometricKernels kKernels = {unary_floats<Sin>(), unary_floats<Cos>()};
  return &kKernels;
}
}  // namespace
}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "../core/tape.h"
#include "arithmetic.h"
#include "trigonometric.h"

namespace retrograd {

namespace {
HWY_EXPORT(trigonometric_kernels);
const TrigonometricKernels& kernels() {
  return *HWY_DISPATCH_TABLE(trigonometric_kernels)[detail::simd_target_index()]();
}
}  // namespace

// d sin x = cos x·dx
Tensor sin(const Tensor& x) {
  return record("sin", detail::map("sin", kernels().sin, x), wrt(x, [x](const Tensor& g) { return g * cos(x); }));
}

// d cos x = −sin x·dx
Tensor cos(const Tensor& x) {
  return record("cos", detail::map("cos", kernels().cos, x), wrt(x, [x](const Tensor& g) { return -(g * sin(x)); }));
}

}  // namespace retrograd
#endif  // HWY_ONCE
