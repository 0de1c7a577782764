#include "powers.h"

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/compute/find.h"
#include "../../core/compute/map.h"
#include "../../core/compute/zip.h"
#include "../../core/kernels/powers.h"
#include "../../core/tape/record.h"
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
  return record("sqrt", std::move(y),
                wrt(
                    x, [](const Tensor& g, const Tensor& value) { return 0.5 * g / value; }, Result{}));
}

// d x^(−1/2) = −y/2x·dx
Tensor rsqrt(const Tensor& x) {
  Tensor y = detail::map("rsqrt", kernels().rsqrt, x);
  return record("rsqrt", std::move(y),
                wrt(
                    x, [](const Tensor& g, const Tensor& at, const Tensor& value) { return -0.5 * g * value / at; }, x,
                    Result{}));
}

namespace {

void check_whole_exponents(const Tensor& b) {
  const std::int64_t at = detail::find("pow", kernels().find_negative, b);
  if (at >= 0)
    detail::fail("pow: negative exponent {} for an int64 base; convert to float64",
                 detail::packed(b).data<std::int64_t>()[at]);
}

// The derivative of y = a^b in b, times g. ln 1 replaces ln a at a = 0 with b ≥ 0, and where a is infinite and the
// power is 0.
Tensor slope_in_exponent(const Tensor& g, const Tensor& a, const Tensor& b, const Tensor& y) {
  const Tensor is_flat = ((a == 0) & (b >= 0)) | (isinf(a) & (a > 0) & (y == 0));
  return g * (y * log(where(is_flat, 1, a)));
}

// The k-th derivative f·a^(b−k) in a, with f = b for k = 1 and f = b(b − 1) for k = 2; 0 where f is 0, even at a = 0.
// The derivative in b follows from the product rule, with 0 in place of the exponent b − k at a = f = 0.
template <int k>
Tensor power_derivative(const Tensor& a, const Tensor& b) {
  const auto in_base = [](const Tensor& g, const Tensor& u, const Tensor& v) {
    if constexpr (k == 1) return g * power_derivative<2>(u, v);
    const Tensor factor = v * (v - 1), none = (u == 0) & (factor == 0);
    return where(none, 0, g * (factor * where(none, 1, power_derivative<1>(u, v - 2))));
  };
  const auto in_exponent = [](const Tensor& g, const Tensor& u, const Tensor& v) {
    const Tensor factor = k == 1 ? v : v * (v - 1), slope = k == 1 ? ones({}, v.dtype()) : 2 * v - 1;
    const Tensor left = where((u == 0) & (factor == 0), 0, v - k), power = pow(u, left);
    return g * (slope * power) + slope_in_exponent(g * factor, u, left, power);
  };
  return record("pow_slope", detail::zip("pow_slope", k == 1 ? kernels().pow_slope : kernels().pow_bend, a, b),
                wrt(a, in_base, a, b), wrt(b, in_exponent, a, b));
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
  Tensor y = detail::zip_reusing("pow", kernels().pow, a, b, detail::reusable(in));
  if (!right.is_tensor())
    return record(
        "pow", std::move(y),
        wrt(
            a, [](const Tensor& g, const Tensor& u, const Tensor& v) { return slope_in_base(g, u, v); }, a, b));
  return record("pow", std::move(y),
                wrt(
                    a, [](const Tensor& g, const Tensor& u, const Tensor& v) { return slope_in_base(g, u, v); }, a, b),
                wrt(
                    b,
                    [](const Tensor& g, const Tensor& u, const Tensor& v, const Tensor& value) {
                      return slope_in_exponent(g, u, v, value);
                    },
                    a, b, Result{}));
}

}  // namespace retrograd
