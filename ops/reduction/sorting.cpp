#include "sorting.h"

#include "../../core/base/error.h"
#include "../../core/compute/lines_of.h"
#include "../../core/compute/rows.h"
#include "../../core/kernels/sort.h"
#include "../../core/tensor/format.h"
#include "../shape/indexing.h"

namespace retrograd {

namespace {

// The positions of the first `wanted` values in sorted order along the axis.
Tensor positions(const Tensor& x, std::int64_t wanted, int axis, bool descending) {
  const detail::Lines lines = detail::lines_of(x.shape(), axis);
  Shape shape = x.shape();
  shape[axis] = wanted;
  const Tensor y = Tensor::empty(shape, int64);
  if (y.size() == 0) return y;
  constexpr std::int64_t kStepsOfElement = 16;
  const detail::Rows rows = {lines.outer * lines.inner, lines.n * kStepsOfElement};
  const auto kernel = detail::kernel_for("sort", detail::sort_kernels().positions, x.dtype());
  detail::run_rows(rows, kernel, detail::packed(x), y,
                   detail::ThreadScratch(lines.n * detail::SortKernels::kBytesOfPlace, rows), lines, wanted,
                   descending);
  return y;
}

}  // namespace

Tensor argsort(const Tensor& x, int axis, bool descending) {
  const int own = detail::normal_axis("argsort", axis, x.rank());
  return positions(x, x.shape()[own], own, descending);
}

Tensor sort(const Tensor& x, int axis, bool descending) {
  const int own = detail::normal_axis("sort", axis, x.rank());
  return take_along_axis(x, positions(x, x.shape()[own], own, descending), own);
}

TopK topk(const Tensor& x, std::int64_t k, int axis) {
  const int own = detail::normal_axis("topk", axis, x.rank());
  if (k < 0 || k > x.shape()[own])
    detail::fail<ShapeError>("topk: k {} is outside 0 … {}, the size of axis {} of {}", k, x.shape()[own], axis,
                             x.shape());
  const Tensor indices = positions(x, k, own, true);
  return {take_along_axis(x, indices, own), indices};
}

}  // namespace retrograd
