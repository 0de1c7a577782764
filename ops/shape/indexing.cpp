#include "indexing.h"

#include <memory>
#include <utility>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/compute/gather.h"
#include "../../core/compute/lines_of.h"
#include "../../core/compute/rows.h"
#include "../../core/compute/scatter.h"
#include "../../core/compute/table_rows.h"
#include "../../core/kernels/gather.h"
#include "../../core/tape/cotangent.h"
#include "../../core/tape/linear.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/fields.h"
#include "../../core/tensor/format.h"

namespace retrograd {

namespace {

// The cotangent of a table: adds rows at their indices, to zeros or to an existing sum.
class Rows final : public detail::Lazy {
 public:
  Rows(Tensor g, const Tensor& indices, const Shape& shape, int axis)
      : g_(std::move(g)), indices_(indices), shape_(shape), axis_(axis) {}
  Tensor value() override {
    Tensor y = zeros(shape_, g_.dtype());
    detail::add_rows(y, g_, indices_, axis_);
    return record("untake", std::move(y),
                  wrt(
                      g_, [axis = axis_](const Tensor& g, const Tensor& at) { return take(g, at, axis); }, indices_));
  }
  bool add_to(Tensor& sum) override {
    if (!(sum.shape() == shape_) || sum.dtype() != g_.dtype()) return false;
    detail::add_rows(sum, g_, indices_, axis_);
    return true;
  }
  std::shared_ptr<detail::Deferred> defer() override {
    return axis_ == 0 ? detail::TableRows::make(g_, indices_, shape_) : nullptr;
  }

 private:
  Tensor g_;
  const Tensor& indices_;
  Shape shape_;
  int axis_;
};

}  // namespace

// dy[j] = dx[indices[j]]
Tensor take(const Tensor& x, const Tensor& indices, int axis) {
  const int own = detail::normal_axis("take", axis, x.rank());
  const Tensor at = detail::checked_indices("take", indices, x.shape(), own);
  if (x.rank() - 1 + at.rank() > kMaxRank)
    detail::fail<ShapeError>("take: {} by indices of shape {} would have more than {} axes", x.shape(), at.shape(),
                             kMaxRank);
  std::array<std::int64_t, kMaxRank> sizes;
  std::size_t rank = 0;
  for (int a = 0; a < own; ++a) sizes[rank++] = x.shape()[a];
  for (std::int64_t size : at.shape()) sizes[rank++] = size;
  for (int a = own + 1; a < x.rank(); ++a) sizes[rank++] = x.shape()[a];
  Tensor y = detail::empty_for("take", Shape(std::span(sizes.data(), rank), "take"), x.dtype());
  const detail::Lines along = detail::lines_of(x.shape(), own);
  const std::int64_t bytes = along.inner * static_cast<std::int64_t>(size_of(x.dtype()));
  if (y.size() > 0)
    detail::run_rows({along.outer * at.size(), along.inner}, detail::gather_kernels().rows, detail::packed(x), at, y,
                     along.n, at.size(), bytes);
  return record(
      "take", std::move(y),
      wrt(
          x, [shape = x.shape(), own](Tensor g, const Tensor& kept) { return Rows(std::move(g), kept, shape, own); },
          at));
}

namespace {

// The shape of x except for one axis, which has the size of that of `like`.
Shape with_axis_of(const Shape& shape, int axis, const Shape& like) {
  Shape out = shape;
  out[axis] = like[axis];
  return out;
}

}  // namespace

Tensor take_along_axis(const Tensor& x, const Tensor& indices, int axis) {
  const int own = detail::normal_axis("take_along_axis", axis, x.rank());
  if (indices.rank() != x.rank())
    detail::fail<ShapeError>("take_along_axis: ranks differ: {} by indices of shape {}", x.shape(), indices.shape());
  const Shape shape =
      detail::broadcast_shapes("take_along_axis", with_axis_of(x.shape(), own, indices.shape()), indices.shape());
  const Shape wide = with_axis_of(shape, own, x.shape());
  if (!(wide == x.shape())) return take_along_axis(broadcast_to(x, wide), indices, axis);
  Tensor at = broadcast_to(indices, shape);
  Tensor y = detail::gather_along("take_along_axis", x, at, own);
  return record("take_along_axis", std::move(y),
                wrt(
                    x,
                    [whole = x.shape(), own](const Tensor& g, const Tensor& places) {
                      return scatter_add(zeros(whole, g.dtype()), places, g, own);
                    },
                    at));
}

// dy = dx + the derivatives of the source, added at their indices
Tensor scatter_add(const Tensor& x, const Tensor& indices, const Tensor& source, int axis) {
  const int own = detail::normal_axis("scatter_add", axis, x.rank());
  detail::check_dtypes("scatter_add", x, source);
  if (!is_floating(x.dtype()) && x.dtype() != int64)
    detail::fail<DtypeError>("scatter_add: does not support {} (supported: float32, float64, int64)", x.dtype());
  if (!(indices.shape() == source.shape()))
    detail::fail<ShapeError>("scatter_add: indices {} and source {} differ in shape", indices.shape(), source.shape());
  if (source.rank() != x.rank() || !(with_axis_of(x.shape(), own, source.shape()) == source.shape()))
    detail::fail<ShapeError>("scatter_add: source {} differs from {} in more than axis {}", source.shape(), x.shape(),
                             own);
  const Tensor at = detail::checked_indices("scatter_add", indices, x.shape(), own);
  Tensor y = detail::copy_values(x);
  detail::add_along(y, source, at, own);
  return record(
      "scatter_add", std::move(y), wrt(x, [](Tensor g) { return g; }),
      wrt(
          source, [own](const Tensor& g, const Tensor& places) { return take_along_axis(g, places, own); }, at));
}

}  // namespace retrograd
