#include "powers.h"

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/compute/find.h"
#include "../../core/compute/map.h"
#include "../../core/compute/zip.h"
#include "../../core/kernels/powers.h"
#include "../../core/tape/tape.h"
#include "arithmetic.h"
#include "comparison.h"
#include "exponential.h"
#include "logic.h"

namespace retrograd {

namespace {

const detail::PowerKernels& kernels() { return detail::power_kernels(); }

}  // namespace

// d√x = dx/(2√x)
Tensor sqrt(const Tensor& x) {
  Tensor y = detail::map("sqrt", kernels().sqrt, x);
  if (!is_recorded(x)) return y;
  return record("sqrt", y, wrt(x, [y](const Tensor& g) { return 0.5 * g / y; }));
}

// d x^(−1/2) = −y/2x·dx
Tensor rsqrt(const Tensor& x) {
  Tensor y = detail::map("rsqrt", kernels().rsqrt, x);
  if (!is_recorded(x)) return y;
  return record("rsqrt", y, wrt(x, [x, y](const Tensor& g) { return -0.5 * g * y / x; }));
}

namespace {

void check_whole_exponents(const Tensor& b) {
  const std::int64_t at = detail::find("pow", kernels().find_negative, b);
  if (at >= 0)
    fail("pow: an int64 base takes no negative exponent, got {}; astype to float64 does",
         detail::packed(b).data<std::int64_t>()[at]);
}

// The derivative of y = a^b in b, times g. ln 1 is put in the place of ln a at a = 0 with b ≥ 0, and where a is
// infinite and the power 0.
Tensor slope_in_exponent(const Tensor& g, const Tensor& a, const Tensor& b, const Tensor& y) {
  const Tensor is_flat = ((a == 0) & (b >= 0)) | (isinf(a) & (a > 0) & (y == 0));
  return g * (y * log(where(is_flat, 1, a)));
}

// The k-th derivative f·a^(b−k) in a, with f = b for k = 1 and b(b − 1) for 2; where f is 0, so is it, at a = 0 too. In
// b by the product rule, where an exponent 0 stands for b − k at a = f = 0.
template <int k>
Tensor power_derivative(const Tensor& a, const Tensor& b) {
  const auto in_base = [a, b](const Tensor& g) {
    if constexpr (k == 1) return g * power_derivative<2>(a, b);
    const Tensor factor = b * (b - 1), none = (a == 0) & (factor == 0);
    return where(none, 0, g * (factor * where(none, 1, power_derivative<1>(a, b - 2))));
  };
  const auto in_exponent = [a, b](const Tensor& g) {
    const Tensor factor = k == 1 ? b : b * (b - 1), slope = k == 1 ? ones({}, b.dtype()) : 2 * b - 1;
    const Tensor left = where((a == 0) & (factor == 0), 0, b - k), power = pow(a, left);
    return g * (slope * power) + slope_in_exponent(g * factor, a, left, power);
  };
  return record("pow_slope", detail::zip("pow_slope", k == 1 ? kernels().pow_slope : kernels().pow_bend, a, b),
                wrt(a, in_base), wrt(b, in_exponent));
}

Tensor slope_in_base(const Tensor& g, const Tensor& a, const Tensor& b) {
  const bool is_flat = !is_recorded(b) && b.size() == 1 && b.item<double>() == 0;
  return is_flat ? zeros(g.shape(), g.dtype()) : g * power_derivative<1>(a, b);
}

}  // namespace

// d a^b = b·a^(b−1)·da + a^b·ln a·db
Tensor pow(const Operand& left, const Operand& right) {
  const detail::OperandPair in("pow", left, right);
  const Tensor &a = in.a, &b = in.b;
  if (b.dtype() == int64 && a.size() > 0) check_whole_exponents(b);
  if (!is_recorded(a, b)) return detail::zip_reusing("pow", kernels().pow, in);
  Tensor y = detail::zip("pow", kernels().pow, a, b);
  if (!right.is_tensor()) return record("pow", y, wrt(a, [a, b](const Tensor& g) { return slope_in_base(g, a, b); }));
  return record("pow", y, wrt(a, [a, b](const Tensor& g) { return slope_in_base(g, a, b); }),
                wrt(b, [a, b, y](const Tensor& g) { return slope_in_exponent(g, a, b, y); }));
}

}  // namespace retrograd
