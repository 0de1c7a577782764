#include "sorting.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "../core/creation.h"
#include "../core/error.h"
#include "../core/format.h"
#include "../core/tape.h"
#include "along.h"

namespace retrograd {

namespace {

template <class Key>
struct Place {
  Key key;
  std::int64_t index;
};
template <class T>
using Places = std::vector<T, detail::PoolAllocator<T>>;

bool is_nan(double key) { return std::isnan(key); }
bool is_nan(std::int64_t) { return false; }

// The first `wanted` places of a line in order; ties keep theirs.
template <class Key>
void order_line(Places<Place<Key>>& line, std::int64_t wanted, bool descending) {
  const auto ascends = [](const Place<Key>& a, const Place<Key>& b) {
    if (is_nan(a.key) || is_nan(b.key)) return is_nan(a.key) == is_nan(b.key) ? a.index < b.index : is_nan(b.key);
    return a.key != b.key ? a.key < b.key : a.index < b.index;
  };
  const auto descends = [](const Place<Key>& a, const Place<Key>& b) {
    if (is_nan(a.key) || is_nan(b.key)) return is_nan(a.key) == is_nan(b.key) ? a.index < b.index : is_nan(a.key);
    return a.key != b.key ? a.key > b.key : a.index < b.index;
  };
  const auto arrange = [&](const auto& before) {
    if (wanted < static_cast<std::int64_t>(line.size()) / 8)
      std::partial_sort(line.begin(), line.begin() + wanted, line.end(), before);
    else
      std::sort(line.begin(), line.end(), before);
  };
  descending ? arrange(descends) : arrange(ascends);
}

// The positions of the first `wanted` values in order along the axis. Keys are doubles, which hold float32 too, or
// int64.
Tensor positions(const Tensor& x, std::int64_t wanted, int axis, bool descending) {
  const detail::Along along(x.shape(), axis);
  Shape shape = x.shape();
  shape[axis] = wanted;
  const Tensor from = detail::packed(x), y = Tensor::empty(shape, int64);
  if (y.size() == 0) return y;
  std::int64_t* to = detail::values<std::int64_t>(y);
  dispatch(x.dtype(), [&]<class T>() {
    using Key = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;
    Places<Place<Key>> line(static_cast<std::size_t>(along.n));
    for (std::int64_t o = 0; o < along.outer; ++o)
      for (std::int64_t i = 0; i < along.inner; ++i) {
        const T* v = from.data<T>() + o * along.n * along.inner + i;
        for (std::int64_t k = 0; k < along.n; ++k)
          line[static_cast<std::size_t>(k)] = {static_cast<Key>(v[k * along.inner]), k};
        order_line<Key>(line, wanted, descending);
        for (std::int64_t k = 0; k < wanted; ++k)
          to[(o * wanted + k) * along.inner + i] = line[static_cast<std::size_t>(k)].index;
      }
  });
  return y;
}

// Calls f(place in x, place in the indices) for each index; x has n elements along the axis.
template <class F>
void for_each_index(const Tensor& indices, int axis, std::int64_t n, F f) {
  const detail::Along along(indices.shape(), axis);
  const std::int64_t* index = indices.data<std::int64_t>();
  std::int64_t at = 0;
  for (std::int64_t o = 0; o < along.outer; ++o)
    for (std::int64_t k = 0; k < along.n; ++k)
      for (std::int64_t i = 0; i < along.inner; ++i, ++at) f((o * n + index[at]) * along.inner + i, at);
}

Tensor scatter_along(const Tensor& g, const Tensor& indices, int axis, std::int64_t n);

// yₖ = x at indexₖ along the axis; its transpose adds gₖ to what it finds there.
Tensor gather_along(const Tensor& x, const Tensor& indices, int axis) {
  const std::int64_t n = x.shape()[axis];
  const Tensor from = detail::packed(x);
  Tensor y = Tensor::empty(indices.shape(), x.dtype());
  dispatch(x.dtype(), [&]<class T>() {
    for_each_index(indices, axis, n, [v = from.data<T>(), to = detail::values<T>(y)](std::int64_t in, std::int64_t at) {
      to[at] = v[in];
    });
  });
  y = record("gather_along", y,
             wrt(x, [indices, axis, n](const Tensor& g) { return scatter_along(g, indices, axis, n); }));
  protect(y, indices);
  return y;
}

Tensor scatter_along(const Tensor& g, const Tensor& indices, int axis, std::int64_t n) {
  Shape shape = g.shape();
  shape[axis] = n;
  const Tensor from = detail::packed(g);
  Tensor y = zeros(shape, g.dtype());
  dispatch(g.dtype(), [&]<class T>() {
    for_each_index(indices, axis, n, [v = from.data<T>(), to = detail::values<T>(y)](std::int64_t in, std::int64_t at) {
      to[in] = static_cast<T>(to[in] + v[at]);
    });
  });
  y = record("scatter_along", y, wrt(g, [indices, axis](const Tensor& gg) { return gather_along(gg, indices, axis); }));
  protect(y, indices);
  return y;
}

}  // namespace

Tensor argsort(const Tensor& x, int axis, bool descending) {
  const int own = normal_axis("argsort", axis, x.rank());
  return positions(x, x.shape()[own], own, descending);
}

Tensor sort(const Tensor& x, int axis, bool descending) {
  const int own = normal_axis("sort", axis, x.rank());
  return gather_along(x, positions(x, x.shape()[own], own, descending), own);
}

TopK topk(const Tensor& x, std::int64_t k, int axis) {
  const int own = normal_axis("topk", axis, x.rank());
  if (k < 0 || k > x.shape()[own])
    fail<ShapeError>("topk: k {} is outside 0 … {}, the size of axis {} of {}", k, x.shape()[own], axis, x.shape());
  const Tensor indices = positions(x, k, own, true);
  return {gather_along(x, indices, own), indices};
}

}  // namespace retrograd
