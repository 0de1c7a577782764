#include "reductions.h"

#include <array>
#include <bit>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/compute/find.h"
#include "../../core/compute/lines_of.h"
#include "../../core/compute/rows.h"
#include "../../core/kernels/logic.h"
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

// d max = Σ [xᵢ = max]·dxᵢ / (number of ties); NaN for a whole line with a NaN, as in PyTorch
Tensor extreme(const char* op, const detail::ByDtype<detail::Fold>& fold, const Tensor& x, const Axes& axes,
               bool keepdims) {
  const std::uint32_t mask = axes.mask(op, x.rank());
  if (x.size() == 0 && detail::count_over(x.shape(), mask) == 0)
    detail::fail<ShapeError>("{}: cannot reduce an empty axis of shape {}", op, x.shape());
  const auto constant = [](const Tensor& value) { return detach(value); };
  const Tensor y = record(op, detail::reduce(op, fold, x, mask),
                          wrt(
                              x,
                              [axes](const Tensor& g, const Tensor& at, const Tensor& best) {
                                const Tensor ties = equal(at, best), loses = where(best == best, 0.0, best);
                                return where(ties, g / sum(astype(ties, g.dtype()), axes, true), loses);
                              },
                              x, constant));
  return detail::without_axes(y, x.shape(), mask, keepdims);
}

using Positions = detail::ByDtype<detail::ReductionKernels::Position>;

Tensor position(const char* op, const Positions& kernels, const Tensor& x, int axis, bool keepdims = false) {
  axis = detail::normal_axis(op, axis, x.rank());
  const detail::Lines lines = detail::lines_of(x.shape(), axis);
  if (lines.n == 0) detail::fail<ShapeError>("{}: cannot reduce an empty axis of shape {}", op, x.shape());
  Tensor y = Tensor::empty(detail::reduced_shape(x.shape(), 1u << axis, keepdims), int64);
  detail::run_rows({y.size(), lines.n}, detail::kernel_for(op, kernels, x.dtype()), detail::packed(x), y, lines);
  return y;
}

// Folds x over axes into elements of another dtype.
Tensor folded(const char* op, const detail::ByDtype<detail::ExactFold>& folds, const Tensor& x, const Axes& axes,
              bool keepdims, Dtype dtype) {
  const std::uint32_t mask = axes.mask(op, x.rank());
  return detail::without_axes(detail::reduce(op, folds, x, mask, dtype), x.shape(), mask, keepdims);
}

}  // namespace

Tensor sum(const Tensor& x, const Axes& axes, bool keepdims) {
  const std::uint32_t mask = axes.mask("sum", x.rank());
  if (x.dtype() == boolean || x.dtype() == uint8)
    return folded("sum", kernels().sum_of_bytes, x, axes, keepdims, int64);
  return detail::without_axes(sum_to(x, detail::reduced_shape(x.shape(), mask, true)), x.shape(), mask, keepdims);
}

// If the sum overflows, the mean may still be finite: then each value is divided first.
Tensor mean(const Tensor& x, const Axes& axes, bool keepdims) {
  detail::check_floating("mean", x);
  const std::int64_t count = detail::count_over(x.shape(), axes.mask("mean", x.rank()));
  Tensor y = sum(x, axes, keepdims) / count;
  return count == 0 || detail::find("mean", detail::logic_kernels().find_not_finite, y) < 0
             ? y
             : sum(x / count, axes, keepdims);
}

// Reduces all axes at once: a partial product over one range of adjacent axes could overflow even if the result does
// not.
Tensor prod(const Tensor& x, const Axes& axes, bool keepdims) {
  const std::uint32_t mask = axes.mask("prod", x.rank()), from_first = mask == 0 ? 0 : mask >> std::countr_zero(mask);
  if ((from_first & (from_first + 1)) == 0)  // a single range
    return detail::reduce_stretches(x, mask, keepdims, detail::product_along);
  std::array<int, kMaxRank> order{};
  std::size_t rank = 0;
  for (const bool reduced : {false, true})
    for (int axis = 0; axis < x.rank(); ++axis)
      if ((mask >> axis & 1) == reduced) order[rank++] = axis;
  const std::int64_t n = detail::count_over(x.shape(), mask);
  const Tensor lines = reshape(transpose(x, std::span(order).first(rank)),
                               Shape{detail::reduced_shape(x.shape(), mask, false).size(), n, 1});
  return reshape(detail::product_along(lines), detail::reduced_shape(x.shape(), mask, keepdims));
}

Tensor max(const Tensor& x, const Axes& axes, bool keepdims) {
  return extreme("max", kernels().max, x, axes, keepdims);
}
Tensor min(const Tensor& x, const Axes& axes, bool keepdims) {
  return extreme("min", kernels().min, x, axes, keepdims);
}

Tensor argmax(const Tensor& x) { return position("argmax", kernels().argmax, reshape(detach(x), Shape{x.size()}), 0); }
Tensor argmax(const Tensor& x, int axis, bool keepdims) {
  return position("argmax", kernels().argmax, x, axis, keepdims);
}
Tensor argmin(const Tensor& x) { return position("argmin", kernels().argmin, reshape(detach(x), Shape{x.size()}), 0); }
Tensor argmin(const Tensor& x, int axis, bool keepdims) {
  return position("argmin", kernels().argmin, x, axis, keepdims);
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
