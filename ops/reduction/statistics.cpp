#include "statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/compute/find.h"
#include "../../core/compute/map.h"
#include "../../core/compute/zip.h"
#include "../../core/kernels/logic.h"
#include "../../core/kernels/moments.h"
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

const detail::MomentKernels& kernels() { return detail::moment_kernels(); }

// √(Σ x²/count + ε), not recorded. If squares of float64 overflow or underflow, x is scaled by a power of two; those of
// float32 are summed in double.
Tensor root_of_squares(const Tensor& x, const Axes& axes, bool keepdims, double count, double epsilon) {
  const NoTape compute_only;
  const std::uint32_t mask = axes.mask("norm", x.rank());
  Tensor y = detail::reduce("norm", kernels().root_mean_square, x, mask, keepdims, x.dtype(), count, epsilon);
  if (x.dtype() == float32) return y;
  const Tensor is_moderate = (y > 0x1p-450) & (y < 0x1p500);
  if (x.size() == 0 || all(is_moderate).item<bool>()) return y;
  const Tensor scale = powers_of_two(max(abs(x), axes, true));
  const Tensor scaled_root = safe_sqrt(sum(square(x / scale), axes, true) / count + epsilon / scale / scale);
  return where(is_moderate, y, reshape(scale * scaled_root, y.shape()));
}

// d√(Σ x²/n + ε) = Σ xᵢdxᵢ/(n·y), and 0 where y is 0; g and y keep the reduced axes
Tensor root_gradient(const Tensor& g, const Tensor& x, const Tensor& y, double count) {
  static constexpr detail::ByDtype<detail::BinaryRun> kSlope =
      detail::scalar_binary([](auto u, auto v) { return v == 0 ? decltype(v)(0) : u / v; });
  if (!is_recorded(g, x, y)) {
    Tensor slope = detail::zip("slope", kSlope, g, y);
    if (count != 1) slope = slope / count;
    if (detail::find("norm", detail::logic_kernels().find_not_finite, slope) < 0) return slope * x;
  }
  const Tensor is_zero = y == 0;
  return where(is_zero, 0, g * (x / where(is_zero, 1, y)) / count);
}

// Σ (x − μ)²/m or its root, not recorded. If squares of float64 overflow or underflow, x is scaled.
Tensor spread_of(const char* op, const detail::ByDtype<detail::Fold>& fold, bool is_root, const Tensor& x,
                 const Axes& axes, bool keepdims, double m) {
  const NoTape compute_only;
  Tensor y = detail::reduce(op, fold, x, axes.mask(op, x.rank()), keepdims, x.dtype(), m);
  if (x.dtype() == float32) return y;
  const Tensor is_moderate = (y > (is_root ? 0x1p-450 : 0x1p-900)) & (y < kInfinity);
  if (all(is_moderate).item<bool>()) return y;
  const Tensor root = root_of_squares(detail::centered(x, axes), axes, keepdims, m, 0);
  return where(is_moderate, y, is_root ? root : square(root));
}

double degrees_of_freedom(const Tensor& x, std::uint32_t mask, int ddof) {
  return std::max(static_cast<double>(detail::count_over(x.shape(), mask) - ddof), 0.0);
}

}  // namespace

// x − μ. Subtracting the mean of the residual removes the rounding error of μ: for equal values the result is exactly
// 0. dy = dx − mean(dx)
Tensor detail::centered(const Tensor& x, const Axes& axes) {
  Tensor y;
  {
    const NoTape compute_only;
    const Tensor away = x - mean(x, axes, true);
    y = away - mean(away, axes, true);
  }
  return record("centered", std::move(y), wrt(x, [axes](const Tensor& g) { return centered(g, axes); }));
}

Tensor detail::root_mean_square(const char* op, const Tensor& x, const Axes& axes, bool keepdims, double count,
                                double epsilon) {
  return record(op, root_of_squares(x, axes, keepdims, count, epsilon),
                wrt(
                    x,
                    [mask = axes.mask(op, x.rank()), count](const Tensor& g, const Tensor& at, const Tensor& value) {
                      return root_gradient(with_axes(g, at.shape(), mask), at, with_axes(value, at.shape(), mask),
                                           count);
                    },
                    x, Result{}));
}

// d Σ(xᵢ − μ)²/m = Σ 2(xᵢ − μ)dxᵢ/m; the term of dμ vanishes, since Σ(xᵢ − μ) = 0
Tensor var(const Tensor& x, const Axes& axes, bool keepdims, int ddof) {
  detail::check_floating("var", x);
  const std::uint32_t mask = axes.mask("var", x.rank());
  const double m = degrees_of_freedom(x, mask, ddof);
  return record("var", spread_of("var", kernels().variance, false, x, axes, keepdims, m),
                wrt(
                    x,
                    [axes, mask, m](const Tensor& g, const Tensor& at) {
                      return (2 * detail::with_axes(g, at.shape(), mask) / m) * detail::centered(at, axes);
                    },
                    x));
}

Tensor std(const Tensor& x, const Axes& axes, bool keepdims, int ddof) {
  detail::check_floating("std", x);
  const std::uint32_t mask = axes.mask("std", x.rank());
  const double m = degrees_of_freedom(x, mask, ddof);
  return record("std", spread_of("std", kernels().deviation, true, x, axes, keepdims, m),
                wrt(
                    x,
                    [axes, mask, m](const Tensor& g, const Tensor& at, const Tensor& value) {
                      return root_gradient(detail::with_axes(g, at.shape(), mask), detail::centered(at, axes),
                                           detail::with_axes(value, at.shape(), mask), m);
                    },
                    x, Result{}));
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
  return detail::root_mean_square("norm", x, axes, keepdims, 1, 0);
}

}  // namespace retrograd
