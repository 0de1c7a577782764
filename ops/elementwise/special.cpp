#include "special.h"

#include <numbers>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/compute/map.h"
#include "../../core/compute/zip.h"
#include "../../core/kernels/error_function.h"
#include "../../core/kernels/gamma.h"
#include "../../core/kernels/special.h"
#include "../../core/tape/record.h"
#include "arithmetic.h"
#include "rounding.h"

namespace retrograd {

namespace {

constexpr double kTwoOverRootPi = 2 * std::numbers::inv_sqrtpi;

const detail::SpecialKernels& kernels() { return detail::special_kernels(); }

// dψ⁽ⁿ⁾ = ψ⁽ⁿ⁺¹⁾·dx
Tensor polygamma_of(int n, const Tensor& x) {
  const Tensor order = full({}, n, is_floating(x.dtype()) ? x.dtype() : float32);
  return record("polygamma", detail::zip("polygamma", kernels().polygamma, x, order),
                wrt(
                    x, [n](const Tensor& g, const Tensor& at) { return g * polygamma_of(n + 1, at); }, x));
}

}  // namespace

// r = e^(−kx²); dr = −2k·x·r·dx, with r computed as a square, whose root is normal even if r is not
Tensor detail::bell(const Tensor& x, double k) {
  const Tensor scale = full({}, k, is_floating(x.dtype()) ? x.dtype() : float32);
  return record("bell", detail::zip("bell", detail::error_function_kernels().bell, x, scale),
                wrt(
                    x,
                    [k](const Tensor& g, const Tensor& at) {
                      const Tensor root = bell(at, k / 2);
                      return g * (root * detail::clamp_to_finite(at) * root * (-2 * k));
                    },
                    x));
}

// d erf x = 2/√π·e^(−x²)·dx
Tensor erf(const Tensor& x) {
  return record(
      "erf", detail::map("erf", detail::error_function_kernels().erf, x),
      wrt(
          x, [](Tensor g, const Tensor& at) { return std::move(g) * detail::bell(at, 1) * kTwoOverRootPi; }, x));
}

// d erfc x = −2/√π·e^(−x²)·dx
Tensor erfc(const Tensor& x) {
  return record(
      "erfc", detail::map("erfc", detail::error_function_kernels().erfc, x),
      wrt(
          x, [](Tensor g, const Tensor& at) { return std::move(g) * detail::bell(at, 1) * -kTwoOverRootPi; }, x));
}

// d ln |Γ(x)| = ψ(x)·dx
Tensor lgamma(const Tensor& x) {
  return record("lgamma", detail::map("lgamma", detail::gamma_kernels().lgamma, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return g * digamma(at); }, x));
}

// dψ = ψ′·dx
Tensor digamma(const Tensor& x) {
  return record("digamma", detail::map("digamma", detail::gamma_kernels().digamma, x),
                wrt(
                    x, [](const Tensor& g, const Tensor& at) { return g * polygamma_of(1, at); }, x));
}

Tensor polygamma(int n, const Tensor& x) {
  constexpr int kLargest = 1'000'000;
  if (n < 0 || n > kLargest) detail::fail("polygamma: the order {} is outside 0 … {}", n, kLargest);
  if (n == 0 && is_floating(x.dtype())) return digamma(x);
  return polygamma_of(n, x);
}

}  // namespace retrograd
