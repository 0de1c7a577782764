#include "joining.h"

#include <utility>

#include "../../core/base/error.h"
#include "../../core/compute/kernel_for.h"
#include "../../core/kernels/copy.h"
#include "../../core/tape/linear.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/format.h"
#include "shaping.h"
#include "views.h"

namespace retrograd {

namespace {

using Sizes = std::vector<std::int64_t, detail::PoolAllocator<std::int64_t>>;

// The shape of the result; ShapeError or DtypeError naming `op` if the parts do not match.
Shape joined_shape(const char* op, std::span<const Tensor> xs, int own) {
  Shape shape = xs[0].shape();
  for (const Tensor& x : xs.subspan(1)) {
    bool fits = x.rank() == shape.rank();
    for (int axis = 0; fits && axis < shape.rank(); ++axis) fits = axis == own || x.shape()[axis] == shape[axis];
    if (!fits)
      detail::fail<ShapeError>("{}: shapes differ in more than axis {}: {} and {}", op, own, xs[0].shape(), x.shape());
    detail::check_dtypes(op, xs[0], x);
    if (__builtin_add_overflow(shape[own], x.shape()[own], &shape[own]))
      detail::fail<ShapeError>("{}: axis {} exceeds 64 bits", op, own);
  }
  return Shape(std::span(shape.begin(), shape.end()), op);  // which checks the number of elements
}

// The cotangent of a part is the corresponding part of the cotangent.
Tensor joined(const char* op, std::span<const Tensor> xs, int own) {
  Tensor y = detail::empty_for(op, joined_shape(op, xs, own), xs[0].dtype());
  const Strides strides = y.strides();
  const std::int64_t inner = strides[static_cast<std::size_t>(own)], row = inner * y.shape()[own];
  constexpr std::int64_t kFew = 4096;
  const bool is_small = y.size() <= kFew;
  const auto copy = detail::copy_kernels().of(size_of(y.dtype()));
  std::int64_t begin = 0;
  for (const Tensor& x : xs) {
    const std::int64_t own_row = inner * x.shape()[own];
    if (is_small && x.size() > 0 && x.is_contiguous())
      copy(x.body().data, own_row, 1, detail::advance(y.body().data, begin * inner, size_of(y.dtype())), row, 1,
           x.size() / own_row, own_row);
    else if (x.size() > 0)
      detail::write_view(detail::make_view(y, x.shape(), strides, begin * strides[static_cast<std::size_t>(own)]), x);
    begin += x.shape()[own];
  }
  Sizes sizes;
  if (detail::recording())
    for (const Tensor& x : xs) sizes.push_back(x.shape()[own]);
  return record_joint(op, std::move(y), xs, [own, sizes = std::move(sizes)](const Tensor& g, Cotangents& out) {
    std::int64_t from = 0;
    for (std::size_t i = 0; i < sizes.size(); from += sizes[i++])
      if (out.wants(i)) out.give(i, slice(g, own, from, from + sizes[i]));
  });
}

}  // namespace

Tensor concatenate(std::span<const Tensor> xs, int axis) {
  if (xs.empty()) detail::fail<ShapeError>("concatenate: needs at least one tensor");
  if (xs[0].rank() == 0) detail::fail<ShapeError>("concatenate: scalars have no axis to concatenate; use stack");
  return joined("concatenate", xs, detail::normal_axis("concatenate", axis, xs[0].rank()));
}

Tensor concatenate(std::initializer_list<Tensor> xs, int axis) {
  return concatenate(std::span(xs.begin(), xs.size()), axis);
}

Tensor stack(std::span<const Tensor> xs, int axis) {
  if (xs.empty()) detail::fail<ShapeError>("stack: needs at least one tensor");
  if (detail::normal_axis("stack", axis, xs[0].rank() + 1) == 0 || xs[0].rank() == kMaxRank) return stack(xs);
  std::vector<Tensor> parts;
  for (const Tensor& x : xs) {
    if (!(x.shape() == xs[0].shape()))
      detail::fail<ShapeError>("stack: shapes differ: {} and {}", xs[0].shape(), x.shape());
    detail::check_dtypes("stack", xs[0], x);
    parts.push_back(expand_dims(x, axis));
  }
  return joined("stack", parts, detail::normal_axis("stack", axis, parts[0].rank()));
}

Tensor stack(std::initializer_list<Tensor> xs, int axis) { return stack(std::span(xs.begin(), xs.size()), axis); }

std::vector<Tensor> split(const Tensor& x, std::int64_t sections, int axis) {
  const std::int64_t size = x.shape()[detail::normal_axis("split", axis, x.rank())];
  if (sections < 1 || size % sections != 0)
    detail::fail<ShapeError>("split: axis {} of {} cannot be split into {} equal parts", axis, x.shape(), sections);
  std::vector<Tensor> parts;
  for (std::int64_t i = 0, width = size / sections; i < sections; ++i)
    parts.push_back(slice(x, axis, i * width, (i + 1) * width));
  return parts;
}

std::vector<Tensor> split(const Tensor& x, std::span<const std::int64_t> sizes, int axis) {
  std::int64_t left = x.shape()[detail::normal_axis("split", axis, x.rank())];
  for (std::int64_t size : sizes) {
    if (size < 0) detail::fail<ShapeError>("split: sizes cannot be negative, got ({})", detail::joined(sizes));
    left = size > left ? -1 : left - size;
    if (left < 0) break;
  }
  if (left != 0)
    detail::fail<ShapeError>("split: the sizes ({}) do not add up to axis {} of {}", detail::joined(sizes), axis,
                             x.shape());
  std::vector<Tensor> parts;
  std::int64_t begin = 0;
  for (std::int64_t size : sizes) {
    parts.push_back(slice(x, axis, begin, begin + size));
    begin += size;
  }
  return parts;
}

std::vector<Tensor> split(const Tensor& x, std::initializer_list<std::int64_t> sizes, int axis) {
  return split(x, std::span(sizes.begin(), sizes.size()), axis);
}

}  // namespace retrograd
