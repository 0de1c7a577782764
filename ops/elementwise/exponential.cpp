#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/elementwise/exponential.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../../core/kernels/math-inl.h"

#ifndef RETROGRAD_OPS_EXPONENTIAL_KERNELS
#define RETROGRAD_OPS_EXPONENTIAL_KERNELS
namespace retrograd {
struct ExponentialKernels {
  detail::ByDtype<detail::UnaryRun> exp, expm1, log, log1p;
};
}  // namespace retrograd
#endif

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace {
const ExponentialKernels* exponential_kernels() {
  static constexpr ExponentialKernels kKernels = {unary_floats<Exp>(), unary_floats<Expm1>(), unary_floats<Log>(),
                                                  unary_floats<Log1p>()};
  return &kKernels;
}
}  // namespace
}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <cmath>
#include <numbers>

#include "../../core/compute/map.h"
#include "../../core/compute/zip.h"
#include "../../core/tape/tape.h"
#include "arithmetic.h"
#include "exponential.h"
#include "scalar_kernels.h"

namespace retrograd {

namespace {
const ExponentialKernels& kernels() { return *RETROGRAD_DISPATCH(exponential_kernels)(); }

constexpr auto kExp2 = detail::scalar_unary([](auto x) { return std::exp2(x); });
constexpr auto kLog2 = detail::scalar_unary([](auto x) { return std::log2(x); });
constexpr auto kLog10 = detail::scalar_unary([](auto x) { return std::log10(x); });
}  // namespace

// d eˣ = eˣ·dx
Tensor exp(const Tensor& x) {
  Tensor y = detail::map("exp", kernels().exp, x);
  return record("exp", y, wrt(x, [y](const Tensor& g) { return g * y; }));
}

// d 2ˣ = 2ˣ·ln 2·dx
Tensor exp2(const Tensor& x) {
  Tensor y = detail::map("exp2", kExp2, x);
  return record("exp2", y, wrt(x, [y](const Tensor& g) { return g * y * std::numbers::ln2; }));
}

// d(eˣ − 1) = eˣ·dx; not y + 1, which has no digits left where eˣ is small
Tensor expm1(const Tensor& x) {
  return record("expm1", detail::map("expm1", kernels().expm1, x), wrt(x, [x](const Tensor& g) { return g * exp(x); }));
}

// d ln x = dx/x
Tensor log(const Tensor& x) {
  return record("log", detail::map("log", kernels().log, x), wrt(x, [x](const Tensor& g) { return g / x; }));
}

// d log₂ x = dx/(x·ln 2)
Tensor log2(const Tensor& x) {
  return record("log2", detail::map("log2", kLog2, x),
                wrt(x, [x](const Tensor& g) { return g * std::numbers::log2e / x; }));
}

// d log₁₀ x = dx/(x·ln 10)
Tensor log10(const Tensor& x) {
  return record("log10", detail::map("log10", kLog10, x),
                wrt(x, [x](const Tensor& g) { return g * std::numbers::log10e / x; }));
}

// d ln(1 + x) = dx/(1 + x)
Tensor log1p(const Tensor& x) {
  return record("log1p", detail::map("log1p", kernels().log1p, x),
                wrt(x, [x](const Tensor& g) { return g / (1 + x); }));
}

}  // namespace retrograd
#endif  // HWY_ONCE
