#include "sorting.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "../../core/base/error.h"
#include "../../core/tensor/format.h"
#include "../shape/along.h"
#include "../shape/indexing.h"

namespace retrograd {

namespace {

struct Place {
  std::uint64_t key;
  std::int64_t index;
  bool operator<(const Place& other) const { return key != other.key ? key < other.key : index < other.index; }
};

// Whole numbers in the order of the values, of which NaN is the largest; zeros of either sign are one. Doubles hold
// every float32. Of a negative double all bits are turned, of others the sign.
constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
std::uint64_t key_of(double value) {
  if (value != value) return ~std::uint64_t{0};
  const double unsigned_zero = value + 0.0;
  std::uint64_t bits;
  std::memcpy(&bits, &unsigned_zero, sizeof bits);
  return bits & kSign ? ~bits : bits | kSign;
}
std::uint64_t key_of(std::int64_t value) { return static_cast<std::uint64_t>(value) ^ kSign; }

// The positions of the first `wanted` values in order along the axis.
Tensor positions(const Tensor& x, std::int64_t wanted, int axis, bool descending) {
  const detail::Along along(x.shape(), axis);
  Shape shape = x.shape();
  shape[axis] = wanted;
  const Tensor from = detail::packed(x), y = Tensor::empty(shape, int64);
  if (y.size() == 0) return y;
  std::int64_t* to = detail::values<std::int64_t>(y);
  std::vector<Place, detail::PoolAllocator<Place>> line(static_cast<std::size_t>(along.n));
  const std::uint64_t turn = descending ? ~std::uint64_t{0} : 0;
  dispatch(x.dtype(), [&]<class T>() {
    using Wide = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;
    for (std::int64_t o = 0; o < along.outer; ++o)
      for (std::int64_t i = 0; i < along.inner; ++i) {
        const T* v = from.data<T>() + o * along.n * along.inner + i;
        for (std::int64_t k = 0; k < along.n; ++k)
          line[static_cast<std::size_t>(k)] = {key_of(static_cast<Wide>(v[k * along.inner])) ^ turn, k};
        if (wanted < along.n / 8)
          std::partial_sort(line.begin(), line.begin() + wanted, line.end());
        else
          std::sort(line.begin(), line.end());
        for (std::int64_t k = 0; k < wanted; ++k)
          to[(o * wanted + k) * along.inner + i] = line[static_cast<std::size_t>(k)].index;
      }
  });
  return y;
}

}  // namespace

Tensor argsort(const Tensor& x, int axis, bool descending) {
  const int own = normal_axis("argsort", axis, x.rank());
  return positions(x, x.shape()[own], own, descending);
}

Tensor sort(const Tensor& x, int axis, bool descending) {
  const int own = normal_axis("sort", axis, x.rank());
  return take_along_axis(x, positions(x, x.shape()[own], own, descending), own);
}

TopK topk(const Tensor& x, std::int64_t k, int axis) {
  const int own = normal_axis("topk", axis, x.rank());
  if (k < 0 || k > x.shape()[own])
    fail<ShapeError>("topk: k {} is outside 0 … {}, the size of axis {} of {}", k, x.shape()[own], axis, x.shape());
  const Tensor indices = positions(x, k, own, true);
  return {take_along_axis(x, indices, own), indices};
}

}  // namespace retrograd
