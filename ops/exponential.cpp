#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/exponential.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "math-inl.h"

#ifndef RETROGRAD_OPS_EXPONENTIAL_KERNELS
#define RETROGRAD_OPS_EXPONENTIAL_KERNELS
namespace retrograd {
struct ExponentialKernels {
  detail::ByDtype<detail::UnaryRun> exp, log, log1p;
};
}  // namespace retrograd
#endif

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace {
const ExponentialKernels* exponential_kernels() {
  static constexpr ExponentialKernels kKernels = {unary_floats<Exp>(), unary_floats<Log>(), unary_floats<Log1p>()};
  return &kKernels;
}
}  // namespace
}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "../core/tape.h"
#include "arithmetic.h"
#include "exponential.h"

namespace retrograd {

namespace {
HWY_EXPORT(exponential_kernels);
const ExponentialKernels& kernels() { return *HWY_DISPATCH_TABLE(exponential_kernels)[detail::simd_target_index()](); }
}  // namespace

// d eˣ = eˣ·dx
Tensor exp(const Tensor& x) {
  Tensor y = detail::map("exp", kernels().exp, x);
  return record("exp", y, wrt(x, [y](const Tensor& g) { return g * y; }));
}

// d ln x = dx/x
Tensor log(const Tensor& x) {
  return record("log", detail::map("log", kernels().log, x), wrt(x, [x](const Tensor& g) { return g / x; }));
}

// d ln(1 + x) = dx/(1 + x)
Tensor log1p(const Tensor& x) {
  return record("log1p", detail::map("log1p", kernels().log1p, x),
                wrt(x, [x](const Tensor& g) { return g / (1 + x); }));
}

}  // namespace retrograd
#endif  // HWY_ONCE
