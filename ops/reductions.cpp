#include "reductions.h"

#include <limits>

#include "../core/error.h"
#include "../core/format.h"
#include "../core/reduce.h"
#include "../core/tape.h"
#include "arithmetic.h"
#include "comparison.h"
#include "convert.h"

namespace retrograd {

namespace {

// The larger of two, NaN where either is.
template <class T>
T larger(T a, T b) {
  return a > b || a != a ? a : b;
}
template <class T>
void max_row(const void* x, void* into, std::int64_t n) {
  T best = *static_cast<const T*>(into);
  for (std::int64_t i = 0; i < n; ++i) best = larger(static_cast<const T*>(x)[i], best);
  *static_cast<T*>(into) = best;
}
template <class T>
void max_column(const void* x, void* into, std::int64_t n) {
  T* best = static_cast<T*>(into);
  for (std::int64_t i = 0; i < n; ++i) best[i] = larger(static_cast<const T*>(x)[i], best[i]);
}

constexpr double kLowest = -std::numeric_limits<double>::infinity();
constexpr detail::ByDtype<detail::Fold> kMax = {detail::Fold{max_row<float>, max_column<float>, kLowest},
                                                detail::Fold{max_row<double>, max_column<double>, kLowest},
                                                detail::Fold{max_row<std::int64_t>, max_column<std::int64_t>, -0x1p63}};

Tensor without_axes(const Tensor& folded, const Shape& from, std::uint32_t mask, bool keepdims) {
  return keepdims ? folded : reshape(folded, detail::reduced_shape(from, mask, false));
}

std::int64_t count_over(const Shape& shape, std::uint32_t mask) {
  std::int64_t count = 1;
  for (int axis = 0; axis < shape.rank(); ++axis)
    if (mask >> axis & 1) count *= shape[axis];
  return count;
}

}  // namespace

Tensor sum(const Tensor& x, const Axes& axes, bool keepdims) {
  const std::uint32_t mask = axes.mask("sum", x.rank());
  return without_axes(sum_to(x, detail::reduced_shape(x.shape(), mask, true)), x.shape(), mask, keepdims);
}

Tensor mean(const Tensor& x, const Axes& axes, bool keepdims) {
  if (!is_floating(x.dtype())) fail<DtypeError>("mean: takes float32 or float64, got {}", x.dtype());
  return sum(x, axes, keepdims) / count_over(x.shape(), axes.mask("mean", x.rank()));
}

// d max = Σ [xᵢ = max]·dxᵢ / (the number of ties)
Tensor max(const Tensor& x, const Axes& axes, bool keepdims) {
  const std::uint32_t mask = axes.mask("max", x.rank());
  if (x.size() == 0 && count_over(x.shape(), mask) == 0) fail<ShapeError>("max: of nothing, shape {}", x.shape());
  const Tensor folded = detail::reduce("max", kMax, x, mask);
  const Tensor y = record("max", folded, wrt(x, [x, largest = detach(folded), axes](const Tensor& g) {
                            const Tensor ties = astype(equal(x, largest), g.dtype());
                            return g * (ties / sum(ties, axes, true));
                          }));
  return without_axes(y, x.shape(), mask, keepdims);
}

Tensor argmax(const Tensor& x) { return argmax(reshape(detach(x), {x.size()}), 0); }

Tensor argmax(const Tensor& x, int axis) {
  axis = normal_axis("argmax", axis, x.rank());
  const std::int64_t n = x.shape()[axis];
  if (n == 0) fail<ShapeError>("argmax: of nothing, shape {}", x.shape());
  std::int64_t inner = 1;
  for (int a = axis + 1; a < x.rank(); ++a) inner *= x.shape()[a];
  const Tensor values = detail::packed(x);
  Tensor y = Tensor::empty(detail::reduced_shape(x.shape(), 1u << axis, false), int64);
  std::int64_t* best = detail::values<std::int64_t>(y);
  dispatch(x.dtype(), [&]<class T>() {
    for (std::int64_t i = 0; i < y.size(); ++i) {
      const T* column = values.data<T>() + i / inner * n * inner + i % inner;
      best[i] = 0;
      for (std::int64_t k = 1; k < n; ++k) {
        const T candidate = column[k * inner], so_far = column[best[i] * inner];
        if (candidate > so_far || (candidate != candidate && so_far == so_far)) best[i] = k;
      }
    }
  });
  return y;
}

}  // namespace retrograd
