#include "reductions.h"

#include <bit>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/compute/find.h"
#include "../../core/compute/lines_of.h"
#include "../../core/compute/rows.h"
#include "../../core/kernels/extremes.h"
#include "../../core/kernels/logic.h"
#include "../../core/kernels/products.h"
#include "../../core/kernels/reductions.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/format.h"
#include "../elementwise/arithmetic.h"
#include "../elementwise/comparison.h"
#include "../elementwise/convert.h"
#include "../shape/along.h"
#include "../shape/views.h"
#include "cumulative.h"

namespace retrograd {

namespace {

const detail::ReductionKernels& kernels() { return detail::reduction_kernels(); }

// dy = Σ dxᵢ: broadcasts the cotangent of y over the reduced axes
Tensor spread(const Tensor& g, const Shape& shape, std::uint32_t mask) {
  const bool are_leading = (mask & (mask + 1)) == 0;  // which broadcasting restores by itself
  return broadcast_to(are_leading ? g : detail::with_axes(g, shape, mask), shape);
}

// The gradient of a maximum or minimum
Tensor extreme_gradient(const Tensor& own_g, const Tensor& x, const Tensor& value, const Axes& axes) {
  const std::uint32_t mask = axes.mask("max", x.rank());
  const std::uint32_t from_first = mask == 0 ? 0 : mask >> std::countr_zero(mask);
  if (!is_recorded(own_g) && (from_first & (from_first + 1)) == 0) {
    const int first = mask == 0 ? 0 : std::countr_zero(mask);
    const detail::Lines lines = detail::lines_of(x.shape(), first, first + std::popcount(mask) - 1);
    Tensor r = Tensor::empty(x.shape(), x.dtype());
    const auto kernel = detail::kernel_for("max", detail::extreme_kernels().gradient, x.dtype());
    if (x.size() > 0)
      detail::run_rows({lines.blocks(), 2 * lines.steps()}, kernel, detail::packed(own_g), detail::packed(x),
                       detail::packed(value), r, lines);
    return r;
  }
  const Tensor g = detail::with_axes(own_g, x.shape(), mask), best = detail::with_axes(value, x.shape(), mask);
  const Tensor ties = equal(x, best), loses = where(best == best, 0.0, best);
  return where(ties, g / sum(astype(ties, g.dtype()), axes, true), loses);
}

// d max = Σ [xᵢ = max]·dxᵢ / (number of ties); NaN for a whole line with a NaN, as in PyTorch
Tensor extreme(const char* op, const detail::ByDtype<detail::Fold>& fold, const Tensor& x, const Axes& axes,
               bool keepdims) {
  const std::uint32_t mask = axes.mask(op, x.rank());
  if (x.size() == 0 && detail::count_over(x.shape(), mask) == 0)
    detail::fail<ShapeError>("{}: cannot reduce an empty axis of shape {}", op, x.shape());
  const auto constant = [](const Tensor& value) { return detach(value); };
  return record(op, detail::reduce(op, fold, x, mask, keepdims),
                wrt(
                    x,
                    [axes](const Tensor& g, const Tensor& at, const Tensor& value) {
                      return extreme_gradient(g, at, value, axes);
                    },
                    x, constant));
}

using Positions = detail::ByDtype<detail::ExtremeKernels::Position>;

Tensor position(const char* op, const Positions& kernels, const Tensor& x, int axis, bool keepdims = false) {
  axis = detail::normal_axis(op, axis, x.rank());
  const detail::Lines lines = detail::lines_of(x.shape(), axis);
  if (lines.n == 0) detail::fail<ShapeError>("{}: cannot reduce an empty axis of shape {}", op, x.shape());
  Tensor y = Tensor::empty(detail::reduced_shape(x.shape(), 1u << axis, keepdims), int64);
  detail::run_rows({lines.blocks(), 2 * lines.steps()}, detail::kernel_for(op, kernels, x.dtype()), detail::packed(x),
                   y, lines);
  return y;
}

// Folds x over axes into elements of another dtype.
Tensor folded(const char* op, const detail::ByDtype<detail::Fold>& folds, const Tensor& x, const Axes& axes,
              bool keepdims, Dtype dtype) {
  const std::uint32_t mask = axes.mask(op, x.rank());
  return detail::reduce(op, folds, x, mask, keepdims, dtype);
}

}  // namespace

Tensor sum(const Tensor& x, const Axes& axes, bool keepdims) {
  if (x.dtype() == boolean || x.dtype() == uint8)
    return folded("sum", kernels().sum_of_bytes, x, axes, keepdims, int64);
  const std::uint32_t mask = axes.mask("sum", x.rank());
  return record("sum", detail::reduce("sum", kernels().sum, x, mask, keepdims),
                wrt(x, [shape = x.shape(), mask](const Tensor& g) { return spread(g, shape, mask); }));
}

// If the sum overflows, the mean may still be finite: then each value is divided first.
Tensor mean(const Tensor& x, const Axes& axes, bool keepdims) {
  detail::check_floating("mean", x);
  const std::uint32_t mask = axes.mask("mean", x.rank());
  const std::int64_t count = detail::count_over(x.shape(), mask);
  Tensor y = detail::reduce("mean", kernels().mean, x, mask, keepdims, x.dtype(), static_cast<double>(count));
  if (count > 0 && detail::find("mean", detail::logic_kernels().find_not_finite, y) >= 0) {
    const NoTape compute_only;
    y = sum(x / count, axes, keepdims);
  }
  return record("mean", std::move(y),
                wrt(x, [shape = x.shape(), mask, count](const Tensor& g) { return spread(g / count, shape, mask); }));
}

// ∂ Πⱼ xⱼ/∂xᵢ = Π xⱼ over j ≠ i
Tensor prod(const Tensor& x, const Axes& axes, bool keepdims) {
  const std::uint32_t mask = axes.mask("prod", x.rank());
  const Dtype dtype = is_floating(x.dtype()) ? x.dtype() : int64;
  return record("prod", detail::reduce("prod", detail::product_kernels().product, x, mask, keepdims, dtype),
                wrt(
                    x,
                    [mask](const Tensor& g, const Tensor& at) {
                      return detail::with_axes(g, at.shape(), mask) * detail::products_of_others(at, mask);
                    },
                    x));
}

Tensor max(const Tensor& x, const Axes& axes, bool keepdims) {
  return extreme("max", kernels().max, x, axes, keepdims);
}
Tensor min(const Tensor& x, const Axes& axes, bool keepdims) {
  return extreme("min", kernels().min, x, axes, keepdims);
}

Tensor argmax(const Tensor& x) {
  return position("argmax", detail::extreme_kernels().argmax, reshape(detach(x), Shape{x.size()}), 0);
}
Tensor argmax(const Tensor& x, int axis, bool keepdims) {
  return position("argmax", detail::extreme_kernels().argmax, x, axis, keepdims);
}
Tensor argmin(const Tensor& x) {
  return position("argmin", detail::extreme_kernels().argmin, reshape(detach(x), Shape{x.size()}), 0);
}
Tensor argmin(const Tensor& x, int axis, bool keepdims) {
  return position("argmin", detail::extreme_kernels().argmin, x, axis, keepdims);
}

Tensor all(const Tensor& x, const Axes& axes, bool keepdims) {
  return folded("all", kernels().all, x, axes, keepdims, boolean);
}
Tensor any(const Tensor& x, const Axes& axes, bool keepdims) {
  return folded("any", kernels().any, x, axes, keepdims, boolean);
}
Tensor count_nonzero(const Tensor& x, const Axes& axes, bool keepdims) {
  return folded("count_nonzero", kernels().count_nonzero, x, axes, keepdims, int64);
}

}  // namespace retrograd
