#include "softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/compute/find.h"
#include "../../core/compute/rows.h"
#include "../../core/kernels/logic.h"
#include "../../core/kernels/softmax.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/format.h"
#include "../elementwise/arithmetic.h"
#include "../elementwise/comparison.h"
#include "../elementwise/exponential.h"
#include "../shape/along.h"
#include "../shape/indexing.h"
#include "../shape/shaping.h"
#include "reductions.h"

namespace retrograd {

namespace {

using detail::SoftmaxKind;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// Columns of a piece of a long row, and the cost of an exponential in steps of a plain loop.
constexpr std::int64_t kLengthOfPiece = 32768, kStepsOfExponential = 2;

// Checks and returns the axis, the second input of an override.
int axis_of(const char* op, const Tensor& x, const Tensor& axis) {
  detail::check_floating(op, x);
  if (axis.dtype() != int64 || axis.size() != 1)
    detail::fail<DtypeError>("{}: the axis must be an int64 scalar, got {} of shape {}", op, axis.dtype(),
                             axis.shape());
  const auto value = axis.item<std::int64_t>();
  if (value < -kMaxRank || value >= kMaxRank)
    detail::fail<ShapeError>("{}: axis {} is out of range for {} axes", op, value, x.rank());
  return detail::normal_axis(op, static_cast<int>(value), x.rank());
}
Tensor of_axis(int axis) { return tensor(std::int64_t{axis}); }

// Along an axis whose lines are rows in memory; log_sums, ln Σ e^x of each line, may be null.
Tensor by_rows(SoftmaxKind kind, const Tensor& x, const detail::Lines& along, double* log_sums) {
  Tensor y = Tensor::empty(x.shape(), x.dtype());
  const auto kernel = detail::kernel_for("softmax", detail::softmax_kernels().rows, x.dtype());
  detail::run_rows({along.outer, along.n}, kernel, kind, detail::packed(x), y, log_sums, along.n);
  return y;
}
Tensor run_gradient(const detail::ByDtype<detail::SoftmaxKernels::Gradient>& kernels, const Tensor& g, const Tensor& y,
                    const detail::Lines& along) {
  Tensor r = Tensor::empty(g.shape(), g.dtype());
  const auto kernel = detail::kernel_for("softmax", kernels, g.dtype());
  detail::run_rows({along.outer, along.n}, kernel, detail::packed(g), detail::packed(y), r, along.n);
  return r;
}

// Σₖ gₖ·∂hₖ/∂xᵢ = hᵢ·(gᵢ − Σₖ hₖgₖ), eq. 2.14
Tensor softmax_gradient(const Tensor& g, const Tensor& h, int axis) {
  const detail::Lines along = detail::lines_of(h.shape(), axis);
  if (along.inner == 1 && !is_recorded(g, h))
    return run_gradient(detail::softmax_kernels().softmax_gradient, g, h, along);
  const Tensor shifted = [&] {  // as in the kernel
    const NoTape constant;
    return take_along_axis(g, expand_dims(argmax(h, axis), axis), axis);
  }();
  const Tensor from = g - shifted;
  return h * (from - sum(from * h, axis, true));
}
// Σₖ gₖ·∂yₖ/∂xᵢ = gᵢ − e^(yᵢ)·Σₖ gₖ
Tensor log_softmax_gradient(const Tensor& g, const Tensor& y, int axis) {
  const detail::Lines along = detail::lines_of(y.shape(), axis);
  if (along.inner == 1 && !is_recorded(g, y))
    return run_gradient(detail::softmax_kernels().log_softmax_gradient, g, y, along);
  return g - exp(y) * sum(g, axis, true);
}

// Subtracting the maximum changes only the range.
Tensor shifted(const Tensor& x, int axis) { return x - detach(max(x, axis, true)); }

Tensor softmax_along(const Tensor& x, int axis) {
  const Tensor e = exp(shifted(x, axis));
  return e / sum(e, axis, true);  // eq. 2.9
}
Tensor softmax_composed(const Tensor& x, const Tensor& at) {
  const int axis = axis_of("softmax", x, at);
  return x.size() == 0 ? alias(x) : softmax_along(x, axis);
}
Tensor softmax_fused(const Tensor& x, const Tensor& at) {
  const int axis = axis_of("softmax", x, at);
  if (x.size() == 0) return alias(x);
  const detail::Lines along = detail::lines_of(x.shape(), axis);
  Tensor h;
  if (along.inner == 1) {
    h = by_rows(SoftmaxKind::softmax, x, along, nullptr);
  } else {
    const NoTape compute_only;
    h = softmax_along(x, axis);
  }
  return record(
      "softmax", std::move(h),
      wrt(
          x, [axis](const Tensor& g, const Tensor& value) { return softmax_gradient(g, value, axis); }, Result{}));
}

Tensor log_softmax_composed(const Tensor& x, const Tensor& at) {
  const int axis = axis_of("log_softmax", x, at);
  return x.size() == 0 ? alias(x) : detail::log_softmax_composed(x, axis);
}
Tensor log_softmax_fused(const Tensor& x, const Tensor& at) {
  const int axis = axis_of("log_softmax", x, at);
  if (x.size() == 0) return alias(x);
  const detail::Lines along = detail::lines_of(x.shape(), axis);
  Tensor y;
  if (along.inner == 1) {
    y = by_rows(SoftmaxKind::log_softmax, x, along, nullptr);
  } else {
    const NoTape compute_only;
    y = detail::log_softmax_composed(x, axis);
  }
  return record(
      "log_softmax", std::move(y),
      wrt(
          x, [axis](const Tensor& g, const Tensor& value) { return log_softmax_gradient(g, value, axis); }, Result{}));
}

// If the maximum is infinite, it is the result, a constant.
Tensor logsumexp_along(const Tensor& x, int axis) {
  const Tensor largest = detach(max(x, axis, true)), infinite = abs(largest) == kInfinity;
  const Tensor z = where(infinite, 0, x) - where(infinite, 0, largest);
  return log(sum(exp(z), axis, true)) + largest;
}
Tensor logsumexp_composed(const Tensor& x, const Tensor& at) { return logsumexp_along(x, axis_of("logsumexp", x, at)); }
// ln Σ e^x of each row; long rows are cut into pieces, whose sums are joined in their order.
Tensor log_sums_of_rows(const Tensor& x, const detail::Lines& along, const Shape& shape) {
  const detail::RowPieces pieces = {along.n, kLengthOfPiece};
  std::vector<double, detail::PoolAllocator<double>> sums(static_cast<std::size_t>(along.outer * pieces.each()));
  detail::run_rows({along.outer * pieces.each(), std::min(pieces.columns, pieces.length) * kStepsOfExponential},
                   detail::kernel_for("logsumexp", detail::softmax_kernels().log_sums, x.dtype()), detail::packed(x),
                   sums.data(), pieces);
  if (pieces.each() > 1) {
    const auto each = static_cast<std::size_t>(pieces.each());
    for (std::size_t row = 0; row < static_cast<std::size_t>(along.outer); ++row) {
      const std::span own = std::span(sums).subspan(row * each, each);
      const double largest = *std::max_element(own.begin(), own.end());
      double total = 0;
      for (const double one : own) total += std::exp(one - largest);
      sums[row] = largest + std::log(total);
    }
    sums.resize(static_cast<std::size_t>(along.outer));
  }
  return detail::from_doubles(sums, shape, x.dtype());
}

// d ln Σ e^x = Σ e^(xᵢ − y)·dxᵢ
Tensor logsumexp_gradient(const Tensor& g, const Tensor& x, const Tensor& y, int axis) {
  const Tensor infinite = abs(y) == kInfinity;
  if (any(infinite).item<bool>()) return g * exp(where(infinite, -kInfinity, x) - where(infinite, 0, y));
  const detail::Lines along = detail::lines_of(x.shape(), axis);
  if (along.inner > 1 || x.size() == 0 || is_recorded(g, x, y)) return g * exp(x - y);
  Tensor r = Tensor::empty(x.shape(), x.dtype());
  const detail::RowPieces pieces = {along.n, kLengthOfPiece};
  detail::run_rows({along.outer * pieces.each(), std::min(pieces.columns, pieces.length) * kStepsOfExponential},
                   detail::kernel_for("logsumexp", detail::softmax_kernels().log_sum_gradient, x.dtype()),
                   detail::packed(g), detail::packed(x), detail::packed(y), r, pieces);
  return r;
}
Tensor logsumexp_fused(const Tensor& x, const Tensor& at) {
  const int axis = axis_of("logsumexp", x, at);
  const detail::Lines along = detail::lines_of(x.shape(), axis);
  Tensor y;
  if (along.inner == 1 && x.size() > 0) {
    Shape shape = x.shape();
    shape[axis] = 1;
    y = log_sums_of_rows(x, along, shape);
    if (detail::find("logsumexp", detail::logic_kernels().find_not_finite, y) >= 0)
      y = Tensor();  // infinities and NaN need the composition
  }
  if (!y.defined()) {
    const NoTape compute_only;
    y = logsumexp_along(x, axis);
  }
  return record("logsumexp", std::move(y),
                wrt(
                    x,
                    [axis](const Tensor& g, const Tensor& z, const Tensor& value) {
                      return logsumexp_gradient(g, z, value, axis);
                    },
                    x, Result{}));
}

}  // namespace

constinit const Override overrides::softmax{"softmax", softmax_composed, softmax_fused};
constinit const Override overrides::log_softmax{"log_softmax", log_softmax_composed, log_softmax_fused};
constinit const Override overrides::logsumexp{"logsumexp", logsumexp_composed, logsumexp_fused};

Tensor softmax(const Tensor& x, int axis) {
  return overrides::softmax(x, of_axis(detail::normal_axis("softmax", axis, x.rank())));
}
Tensor log_softmax(const Tensor& x, int axis) {
  return overrides::log_softmax(x, of_axis(detail::normal_axis("log_softmax", axis, x.rank())));
}
Tensor logsumexp(const Tensor& x, const Axes& axes, bool keepdims) {
  detail::check_floating("logsumexp", x);
  return detail::reduce_stretches(x, axes.mask("logsumexp", x.rank()), keepdims, [](const Tensor& lines) {
    const Shape& shape = lines.shape();
    return shape[1] == 0 ? full({shape[0], 1, shape[2]}, -kInfinity, lines.dtype())
                         : overrides::logsumexp(lines, of_axis(1));
  });
}

Tensor detail::softmax_rows(const Tensor& x, double* log_sums) {
  return by_rows(SoftmaxKind::softmax, x, lines_of(x.shape(), 1), log_sums);
}

// ln of eq. 2.9
Tensor detail::log_softmax_composed(const Tensor& x, int axis) {
  const Tensor z = shifted(x, axis);
  return z - log(sum(exp(z), axis, true));
}

}  // namespace retrograd
