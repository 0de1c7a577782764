#include "rounding.h"

#include <limits>

#include "../../core/base/error.h"
#include "../../core/compute/between.h"
#include "../../core/compute/find.h"
#include "../../core/compute/map.h"
#include "../../core/compute/zip.h"
#include "../../core/kernels/rounding.h"
#include "../../core/tape/record.h"
#include "arithmetic.h"
#include "comparison.h"
#include "logic.h"

namespace retrograd {

namespace {

const detail::RoundingKernels& kernels() { return detail::rounding_kernels(); }

// trunc(a/b) consistent with y = fmod(a, b): a/b itself may have been rounded up to the next integer.
Tensor whole_quotient(const Tensor& a, const Tensor& b, const Tensor& y) {
  const NoTape constant;
  return round((a - y) / b);
}

}  // namespace

Tensor floor(const Tensor& x) { return detail::map("floor", kernels().floor, x); }
Tensor ceil(const Tensor& x) { return detail::map("ceil", kernels().ceil, x); }
Tensor round(const Tensor& x) { return detail::map("round", kernels().round, x); }
Tensor trunc(const Tensor& x) { return detail::map("trunc", kernels().trunc, x); }

Tensor detail::clamp_to_finite(const Tensor& x) {
  const double most = x.dtype() == float32 ? std::numeric_limits<float>::max() : std::numeric_limits<double>::max();
  return clip(x, -most, most);
}

// d fmod(a, b) = da − trunc(a/b)·db
Tensor fmod(const Operand& left, const Operand& right) {
  const detail::OperandPair in("fmod", left, right);
  const Tensor &a = in.a, &b = in.b;
  if (b.dtype() == int64 && a.size() > 0 && detail::find("fmod", kernels().find_zero, b) >= 0)
    detail::fail("fmod: int64 division by 0");
  Tensor y = detail::zip_reusing("fmod", kernels().fmod, a, b, detail::reusable(in));
  return record("fmod", std::move(y), wrt(a, [](Tensor g) { return g; }),
                wrt(
                    b,
                    [](const Tensor& g, const Tensor& u, const Tensor& v, const Tensor& value) {
                      return -(g * whole_quotient(u, v, value));
                    },
                    a, b, Result{}));
}

// d clip(x, l, h) = [h < max(x, l)]·dh + [x < l ≤ h]·dl + [l ≤ x ≤ h]·dx, and NaN·dx where x is NaN
Tensor clip(const Tensor& x, const Operand& low, const Operand& high) {
  const detail::OperandPair lower("clip", x, low), upper("clip", x, high);
  const Tensor &l = lower.b, &h = upper.b;
  if (!low.is_tensor() && !high.is_tensor() && greater(l, h).item<bool>())
    detail::fail("clip: low {} is greater than high {}", l.item<double>(), h.item<double>());
  const auto held = [&] {
    if (l.rank() == 0 && h.rank() == 0) return detail::between("clip", kernels().between, x, l, h);
    Tensor raised = detail::zip("clip", kernels().at_least, x, l);
    return detail::zip_reusing("clip", kernels().at_most, raised, h, &raised);
  };
  Tensor y = held();
  return record("clip", std::move(y),
                wrt(
                    x,
                    [](const Tensor& g, const Tensor& at, const Tensor& lowest, const Tensor& highest) {
                      return where((at < lowest) | (at > highest), 0, where(isnan(at), at, g));
                    },
                    x, l, h),
                wrt(
                    l,
                    [](const Tensor& g, const Tensor& at, const Tensor& lowest, const Tensor& highest) {
                      return where((at < lowest) & (lowest <= highest), g, 0);
                    },
                    x, l, h),
                wrt(
                    h,
                    [](const Tensor& g, const Tensor& at, const Tensor& lowest, const Tensor& highest) {
                      return where((at > highest) | (lowest > highest), g, 0);
                    },
                    x, l, h));
}

}  // namespace retrograd
