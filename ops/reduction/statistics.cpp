#include "statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/compute/map.h"
#include "../../core/kernels/scalar.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/format.h"
#include "../elementwise/arithmetic.h"
#include "../elementwise/comparison.h"
#include "../elementwise/logic.h"
#include "../shape/along.h"
#include "reductions.h"

namespace retrograd {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Tensor safe_sqrt(const Tensor& x) {
  static constexpr detail::ByDtype<detail::UnaryRun> kRoot = detail::scalar_unary([](auto v) { return std::sqrt(v); });
  return detail::map("root", kRoot, x);
}

// For each element, the largest power of two not above it; 1 for 0, infinity and NaN. Elements are not negative.
Tensor powers_of_two(const Tensor& x) {
  static constexpr detail::ByDtype<detail::UnaryRun> kPower = detail::scalar_unary([](auto v) {
    return v > 0 && v < decltype(v)(kInfinity) ? std::ldexp(decltype(v)(1), std::ilogb(v)) : decltype(v)(1);
  });
  return detail::map("powers_of_two", kPower, x);
}

// √(Σ x²/count + ε), keeping the reduced axes; not recorded. If squares overflow or underflow, x is scaled by a power
// of two.
Tensor root_of_squares(const Tensor& x, const Axes& axes, double count, double epsilon) {
  const NoTape compute_only;
  const Tensor y = safe_sqrt(sum(square(x), axes, true) / count + epsilon);
  const bool is_single = x.dtype() == float32;
  const Tensor is_moderate = (y > (is_single ? 0x1p-45 : 0x1p-450)) & (y < (is_single ? 0x1p60 : 0x1p500));
  if (x.size() == 0 || all(is_moderate).item<bool>()) return y;
  const Tensor scale = powers_of_two(max(abs(x), axes, true));
  const Tensor scaled_root = safe_sqrt(sum(square(x / scale), axes, true) / count + epsilon / scale / scale);
  return where(is_moderate, y, scale * scaled_root);
}

// d√(Σ x²/n + ε) = Σ xᵢdxᵢ/(n·y), and 0 where y is 0
Tensor root_gradient(const Tensor& g, const Tensor& x, const Tensor& y, double count) {
  const Tensor is_zero = y == 0;
  return where(is_zero, 0, g * (x / where(is_zero, 1, y)) / count);
}

// d Σ(xᵢ − μ)²/m = Σ 2(xᵢ − μ)dxᵢ/m; the term of dμ vanishes, since Σ(xᵢ − μ) = 0. Keeps the reduced axes.
Tensor variance(const Tensor& x, const Axes& axes, double m) {
  Tensor y;
  {
    const NoTape compute_only;
    const Tensor away = detail::centered(x, axes);
    y = sum(square(away), axes, true) / m;
    const Tensor is_moderate = (y > (x.dtype() == float32 ? 0x1p-90 : 0x1p-900)) & (y < kInfinity);
    if (!all(is_moderate).item<bool>()) y = where(is_moderate, y, square(root_of_squares(away, axes, m, 0)));
  }
  return record(
      "var", std::move(y),
      wrt(
          x, [axes, m](const Tensor& g, const Tensor& at) { return (2 * g / m) * detail::centered(at, axes); }, x));
}

double degrees_of_freedom(const Tensor& x, std::uint32_t mask, int ddof) {
  return std::max(static_cast<double>(detail::count_over(x.shape(), mask) - ddof), 0.0);
}

}  // namespace

// x − μ. Subtracting the mean of the residual removes the rounding error of μ: for equal values the result is exactly
// 0.
Tensor detail::centered(const Tensor& x, const Axes& axes) {
  const Tensor away = x - mean(x, axes, true);
  return away - mean(away, axes, true);
}

Tensor detail::root_mean_square(const char* op, const Tensor& x, const Axes& axes, double count, double epsilon) {
  const Tensor y = root_of_squares(x, axes, count, epsilon);
  return record(op, std::move(y),
                wrt(
                    x,
                    [count](const Tensor& g, const Tensor& at, const Tensor& value) {
                      return root_gradient(g, at, value, count);
                    },
                    x, Result{}));
}

Tensor var(const Tensor& x, const Axes& axes, bool keepdims, int ddof) {
  detail::check_floating("var", x);
  const std::uint32_t mask = axes.mask("var", x.rank());
  return detail::without_axes(variance(x, axes, degrees_of_freedom(x, mask, ddof)), x.shape(), mask, keepdims);
}

Tensor std(const Tensor& x, const Axes& axes, bool keepdims, int ddof) {
  detail::check_floating("std", x);
  const std::uint32_t mask = axes.mask("std", x.rank());
  const double m = degrees_of_freedom(x, mask, ddof);
  Tensor y;
  {
    const NoTape compute_only;
    y = root_of_squares(detail::centered(x, axes), axes, m, 0);
  }
  y = record("std", std::move(y),
             wrt(
                 x,
                 [axes, m](const Tensor& g, const Tensor& at, const Tensor& value) {
                   return root_gradient(g, detail::centered(at, axes), value, m);
                 },
                 x, Result{}));
  return detail::without_axes(y, x.shape(), mask, keepdims);
}

Tensor norm(const Tensor& x, double p, const Axes& axes, bool keepdims) {
  detail::check_floating("norm", x);
  if (p != 1 && p != 2 && p != kInfinity) detail::fail("norm: p must be 1, 2 or infinity, got {}", p);
  const std::uint32_t mask = axes.mask("norm", x.rank());
  const bool of_nothing = detail::count_over(x.shape(), mask) == 0;
  if (p == kInfinity && of_nothing)
    detail::fail<ShapeError>("norm: cannot take the infinity norm over an empty axis of shape {}", x.shape());
  if (p == kInfinity) return max(abs(x), axes, keepdims);
  if (p == 1 || of_nothing) return sum(abs(x), axes, keepdims);
  return detail::without_axes(detail::root_mean_square("norm", x, axes, 1, 0), x.shape(), mask, keepdims);
}

}  // namespace retrograd
