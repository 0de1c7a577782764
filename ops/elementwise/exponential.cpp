#include "exponential.h"

#include <numbers>

#include "../../core/compute/map.h"
#include "../../core/kernels/exponential.h"
#include "../../core/tape/record.h"
#include "arithmetic.h"

namespace retrograd {

namespace {
const detail::ExponentialKernels& kernels() { return detail::exponential_kernels(); }
}  // namespace

// d eˣ = eˣ·dx
Tensor exp(const Tensor& x) {
  Tensor y = detail::map("exp", kernels().exp, x);
  return record("exp", std::move(y),
                wrt(
                    x, [](const Tensor& g, const Tensor& value) { return g * value; }, Result{}));
}

// d 2ˣ = 2ˣ·ln 2·dx
Tensor exp2(const Tensor& x) {
  Tensor y = detail::map("exp2", kernels().exp2, x);
  return record("exp2", std::move(y),
                wrt(
                    x, [](const Tensor& g, const Tensor& value) { return g * value * std::numbers::ln2; }, Result{}));
}

// d(eˣ − 1) = eˣ·dx; not computed as y + 1, which loses all digits where eˣ is small
Tensor expm1(const Tensor& x) {
  return record("expm1", detail::map("expm1", kernels().expm1, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return g * exp(at); }, x));
}

// d ln x = dx/x
Tensor log(const Tensor& x) {
  return record("log", detail::map("log", kernels().log, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return g / at; }, x));
}

// d log₂ x = dx/(x·ln 2)
Tensor log2(const Tensor& x) {
  return record("log2", detail::map("log2", kernels().log2, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return g * std::numbers::log2e / at; }, x));
}

// d log₁₀ x = dx/(x·ln 10)
Tensor log10(const Tensor& x) {
  return record("log10", detail::map("log10", kernels().log10, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return g * std::numbers::log10e / at; }, x));
}

// d ln(1 + x) = dx/(1 + x)
Tensor log1p(const Tensor& x) {
  return record("log1p", detail::map("log1p", kernels().log1p, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return g / (1 + at); }, x));
}

}  // namespace retrograd
