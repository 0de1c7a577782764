#include "statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../core/creation.h"
#include "../core/error.h"
#include "../core/format.h"
#include "../core/tape.h"
#include "along.h"
#include "arithmetic.h"
#include "comparison.h"
#include "reductions.h"
#include "scalar_kernels.h"

namespace retrograd {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// x − μ. The mean of what is left takes the rounding of μ away: of equal values exactly 0 is left.
Tensor centred(const Tensor& x, const Axes& axes) {
  const Tensor d = x - mean(x, axes, true);
  return d - mean(d, axes, true);
}

// d Σ(xᵢ − μ)²/m = Σ 2(xᵢ − μ)dxᵢ/m; the part of dμ is 0, since Σ(xᵢ − μ) is. Reduced axes stay.
Tensor variance(const char* op, const Tensor& x, const Axes& axes, std::uint32_t mask, int ddof) {
  const auto n = static_cast<double>(detail::count_over(x.shape(), mask)), m = std::max(n - ddof, 0.0);
  Tensor y;
  {
    const NoTape compute_only;
    y = sum(square(centred(x, axes)), axes, true) / m;
  }
  return record(op, y, wrt(x, [x, axes, m](const Tensor& g) { return (2 * g / m) * centred(x, axes); }));
}

// d‖x‖ = Σ xᵢdxᵢ/‖x‖. Scaled by the largest value, no square overflows. Reduced axes stay.
Tensor euclidean_norm(const Tensor& x, const Axes& axes) {
  Tensor y;
  {
    const NoTape compute_only;
    Tensor scale = max(abs(x), axes, true);
    scale = where(scale == 0, 1, where(scale == kInfinity, 1, scale));
    y = scale * detail::root(sum(square(x / scale), axes, true));
  }
  return record("norm", y, wrt(x, [x, y](const Tensor& g) {
                  const Tensor zero = y == 0;
                  return g * where(zero, 0, x / where(zero, 1, y));
                }));
}

}  // namespace

// d√x = dx/2√x
Tensor detail::root(const Tensor& x) {
  static constexpr ByDtype<UnaryRun> kRoot = scalar_unary([](auto v) { return std::sqrt(v); });
  const Tensor y = map("root", kRoot, x);
  return record("root", y, wrt(x, [y](const Tensor& g) {
                  const Tensor zero = y == 0;
                  return g * where(zero, 0, 0.5 / where(zero, 1, y));
                }));
}

Tensor var(const Tensor& x, const Axes& axes, bool keepdims, int ddof) {
  detail::check_floating("var", x);
  const std::uint32_t mask = axes.mask("var", x.rank());
  return detail::without_axes(variance("var", x, axes, mask, ddof), x.shape(), mask, keepdims);
}

Tensor std(const Tensor& x, const Axes& axes, bool keepdims, int ddof) {
  detail::check_floating("std", x);
  const std::uint32_t mask = axes.mask("std", x.rank());
  return detail::without_axes(detail::root(variance("std", x, axes, mask, ddof)), x.shape(), mask, keepdims);
}

Tensor norm(const Tensor& x, double p, const Axes& axes, bool keepdims) {
  detail::check_floating("norm", x);
  if (p != 1 && p != 2 && p != kInfinity) fail("norm: p must be 1, 2 or infinity, got {}", p);
  const std::uint32_t mask = axes.mask("norm", x.rank());
  const bool of_nothing = detail::count_over(x.shape(), mask) == 0;
  if (p == kInfinity && of_nothing) fail<ShapeError>("norm: the infinity norm of nothing, shape {}", x.shape());
  if (p == kInfinity) return max(abs(x), axes, keepdims);
  if (p == 1 || of_nothing) return sum(abs(x), axes, keepdims);
  return detail::without_axes(euclidean_norm(x, axes), x.shape(), mask, keepdims);
}

}  // namespace retrograd
