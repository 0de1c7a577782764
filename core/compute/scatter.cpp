#include "scatter.h"

#include <algorithm>
#include <vector>

#include "../base/error.h"
#include "../kernels/indices.h"
#include "../kernels/lines.h"
#include "../kernels/scatter.h"
#include "../tensor/format.h"
#include "lines_of.h"

namespace retrograd::detail {

Tensor checked_indices(const char* op, const Tensor& indices, const Shape& shape, int axis) {
  if (indices.dtype() != int64) fail<DtypeError>("{}: indices must be int64, got {}", op, indices.dtype());
  const Tensor as_given = packed(indices);
  const auto* at = as_given.data<std::int64_t>();
  const std::int64_t size = shape[axis], n = as_given.size();
  if (first_outside(at, n, 0, size) == n) return as_given;
  if (const std::int64_t i = first_outside(at, n, -size, size); i < n)
    fail<ShapeError>("{}: index {} at position {} is out of range for axis {} of {}", op, at[i], i, axis, shape);
  const Tensor from_start = copy_values(as_given);
  count_from_start(values<std::int64_t>(from_start), n, size);
  return from_start;
}

namespace {
template <class T>
void add(T* into, std::int64_t rows, std::int64_t width, const T* from, const std::int64_t* indices,
         std::int64_t count) {
  constexpr std::int64_t kFewTerms = 64;
  std::vector<std::int64_t, PoolAllocator<std::int64_t>> uses(count > kFewTerms ? static_cast<std::size_t>(rows) : 0);
  const std::int64_t many = uses.empty() ? 0 : count_uses(uses.data(), rows, indices, count);
  std::vector<Total<T>, PoolAllocator<Total<T>>> totals(static_cast<std::size_t>(many * width));
  add_rows(into, rows, width, from, indices, count, many > 0 ? uses.data() : nullptr, totals.data());
}
}  // namespace

void add_rows(const Tensor& into, const Tensor& g, const Tensor& indices, int axis) {
  const Lines to = lines_of(into.shape(), axis);
  const Tensor from = packed(g);
  const std::int64_t count = indices.size();
  if (from.size() == 0) return;  // even if there are many lines of size 0
  dispatch<float, double>(g.dtype(), [&]<class T>() {
    for (std::int64_t o = 0; o < to.outer; ++o)
      add(values<T>(into) + o * to.n * to.inner, to.n, to.inner, from.data<T>() + o * count * to.inner,
          indices.data<std::int64_t>(), count);
  });
}

void add_along(const Tensor& into, const Tensor& source, const Tensor& indices, int axis) {
  const std::int64_t count = indices.size();
  if (count == 0) return;
  const Lines from = lines_of(indices.shape(), axis);
  const Tensor terms = packed(source);
  std::vector<std::int64_t, PoolAllocator<std::int64_t>> places(static_cast<std::size_t>(count));
  scatter_kernels().places(indices.data<std::int64_t>(), places.data(), from.outer, from.n, from.inner,
                           into.shape()[axis]);
  if (into.dtype() == int64)
    return scatter_kernels().add_integers(values<std::int64_t>(into), terms.data<std::int64_t>(), places.data(), count);
  dispatch<float, double>(
      into.dtype(), [&]<class T>() { add(values<T>(into), into.size(), 1, terms.data<T>(), places.data(), count); });
}

}  // namespace retrograd::detail
