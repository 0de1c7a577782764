#include "scatter.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <vector>

#include "../base/error.h"
#include "../base/threads.h"
#include "../kernels/indices.h"
#include "../kernels/lines.h"
#include "../kernels/scatter.h"
#include "../tensor/format.h"
#include "find.h"
#include "kernel_for.h"
#include "lines_of.h"
#include "scratch.h"

namespace retrograd::detail {

Tensor checked_indices(const char* op, const Tensor& indices, const Shape& shape, int axis) {
  if (indices.dtype() != int64) fail<DtypeError>("{}: indices must be int64, got {}", op, indices.dtype());
  const Tensor as_given = packed(indices);
  const auto* at = as_given.data<std::int64_t>();
  const std::int64_t size = shape[axis], n = as_given.size();
  const auto outside = [&](std::int64_t low) {
    return first_position(n, [&](std::int64_t begin, std::int64_t end) {
      return begin + first_outside(at + begin, end - begin, low, size);
    });
  };
  if (outside(0) == n) return as_given;
  if (const std::int64_t i = outside(-size); i < n)
    fail<ShapeError>("{}: index {} at position {} is out of range for axis {} of {}", op, at[i], i, axis, shape);
  const Tensor from_start = copy_values(as_given);
  count_from_start(values<std::int64_t>(from_start), n, size);
  return from_start;
}

namespace {

template <class T>
using Pooled = std::vector<T, PoolAllocator<T>>;

// How many of the innermost elements form a task: all of them on one thread, since narrow parts read memory in shorter
// stretches. The results do not depend on it: the terms of an element are always added in the same order.
std::int64_t columns_together(std::int64_t inner) {
  constexpr std::int64_t kShared = 32;
  return threads() == 1 ? std::max<std::int64_t>(inner, 1) : std::clamp<std::int64_t>(inner, 1, kShared);
}

// Adds rows to `into` as (outer, n, inner).
template <class T>
void add(T* into, Lines to, const T* from, const std::int64_t* indices, std::int64_t count) {
  Pooled<std::int64_t> uses(count > kFewTerms ? static_cast<std::size_t>(to.n) : 0);
  const std::int64_t many = uses.empty() ? 0 : count_uses(uses.data(), to.n, indices, count);
  Pooled<Total<T>> totals(static_cast<std::size_t>(many * to.inner * to.outer));
  const std::int64_t part = columns_together(to.inner), parts = (to.inner + part - 1) / part;
  parallel_for(to.outer * parts, static_cast<double>(count * part), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t task = begin; task < end; ++task) {
      const std::int64_t o = task / parts, first = task % parts * part;
      add_rows(into + o * to.n * to.inner, to.n, to.inner, from + o * count * to.inner, indices, count,
               many > 0 ? uses.data() : nullptr, totals.data() + o * many * to.inner, first,
               std::min(to.inner, first + part));
    }
  });
}

// True if an element of (outer, n, inner) may have more than kFewTerms terms.
bool have_many(const std::int64_t* indices, Lines from, std::int64_t n, std::int64_t part) {
  if (from.n <= kFewTerms) return false;
  if (from.n > std::numeric_limits<std::uint16_t>::max()) return true;
  const std::int64_t parts = (from.inner + part - 1) / part;
  const Rows tasks{from.outer * parts, from.n * part};
  const ThreadScratch scratch(n * part * kBytesOfUse, tasks);
  std::atomic<bool> found{false};
  parallel_for(tasks.count, static_cast<double>(tasks.steps), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t task = begin; task < end && !found.load(std::memory_order_relaxed); ++task) {
      const std::int64_t first = task % parts * part;
      if (scatter_kernels().has_many(indices + task / parts * from.n * from.inner, scratch.mine(), n, from.n,
                                     from.inner, first, std::min(from.inner, first + part)))
        found.store(true, std::memory_order_relaxed);
    }
  });
  return found;
}

}  // namespace

void add_rows(const Tensor& into, const Tensor& g, const Tensor& indices, int axis) {
  const Tensor from = packed(g);
  if (from.size() == 0) return;  // even if there are many lines of size 0
  dispatch<float, double>(g.dtype(), [&]<class T>() {
    add(values<T>(into), lines_of(into.shape(), axis), from.data<T>(), indices.data<std::int64_t>(), indices.size());
  });
}

void add_along(const Tensor& into, const Tensor& source, const Tensor& indices, int axis) {
  const std::int64_t count = indices.size(), n = into.shape()[axis];
  if (count == 0) return;
  const Lines from = lines_of(indices.shape(), axis);
  const auto* index = indices.data<std::int64_t>();
  const Tensor terms = packed(source);
  const std::int64_t part = columns_together(from.inner);
  if (into.dtype() != int64 && !have_many(index, from, n, part)) {
    const auto run = kernel_for("scatter_add", scatter_kernels().add_columns, into.dtype());
    const std::size_t width = size_of(into.dtype());
    const std::int64_t parts = (from.inner + part - 1) / part;
    return parallel_for(
        from.outer * parts, static_cast<double>(from.n * part), [&](std::int64_t begin, std::int64_t end) {
          for (std::int64_t task = begin; task < end; ++task) {
            const std::int64_t o = task / parts, first = task % parts * part, before = o * from.n * from.inner;
            run(advance(into.body().data, o * n * from.inner, width), advance(terms.body().data, before, width),
                index + before, from.n, from.inner, first, std::min(from.inner, first + part));
          }
        });
  }
  Pooled<std::int64_t> places(static_cast<std::size_t>(count));
  scatter_kernels().places(index, places.data(), from.outer, from.n, from.inner, n);
  if (into.dtype() == int64)
    return scatter_kernels().add_integers(values<std::int64_t>(into), terms.data<std::int64_t>(), places.data(), count);
  dispatch<float, double>(into.dtype(), [&]<class T>() {
    add(values<T>(into), Lines{1, into.size(), 1}, terms.data<T>(), places.data(), count);
  });
}

}  // namespace retrograd::detail
