#include "convert.h"

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/tape/linear.h"
#include "../../core/tape/tape.h"
#include "../../core/tensor/format.h"

namespace retrograd {

namespace {

template <class From, class To>
void convert(const From* x, To* y, std::int64_t n, Dtype dtype) {
  for (std::int64_t i = 0; i < n; ++i) {
    if constexpr (std::is_same_v<To, bool>) {
      y[i] = x[i] != From{0};
    } else {
      if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
        // The bounds are exact powers of two: one above the largest value, one below the smallest or the smallest
        // itself.
        constexpr double kBelow = std::is_same_v<To, std::uint8_t> ? -1.0 : -0x1p63 - 2048.0;
        constexpr double kAbove = std::is_same_v<To, std::uint8_t> ? 256.0 : 0x1p63;
        const auto value = static_cast<double>(x[i]);
        if (!(value > kBelow && value < kAbove)) fail<DtypeError>("astype: {} can't hold {}", dtype, value);
      } else if constexpr (std::is_same_v<From, std::int64_t> && std::is_same_v<To, std::uint8_t>) {
        if (x[i] < 0 || x[i] > 255) fail<DtypeError>("astype: {} can't hold {}", dtype, x[i]);
      }
      y[i] = static_cast<To>(x[i]);
    }
  }
}

}  // namespace

Tensor astype(const Tensor& x, Dtype dtype) {
  if (x.dtype() == dtype) return detail::copied(x);
  const Tensor from = detail::packed(x);
  Tensor y = Tensor::empty(x.shape(), dtype);
  dispatch(x.dtype(), [&]<class From>() {
    dispatch(dtype, [&]<class To>() { convert(from.data<From>(), detail::values<To>(y), x.size(), dtype); });
  });
  if (!is_floating(dtype) || !is_floating(x.dtype())) return y;
  return record("astype", y, wrt(x, [back = x.dtype()](const Tensor& g) { return astype(g, back); }));
}

Tensor one_hot(const Tensor& indices, std::int64_t classes, Dtype dtype) {
  if (indices.dtype() != int64) fail<DtypeError>("one_hot: indices must be int64, got {}", indices.dtype());
  if (classes < 1) fail<ShapeError>("one_hot: needs at least one class, got {}", classes);
  const Tensor from = detail::packed(indices);
  Shape shape = indices.shape();
  if (shape.rank() == kMaxRank) fail<ShapeError>("one_hot: {} has the most axes there are, {}", shape, kMaxRank);
  shape.push_back(classes);
  Tensor y = detail::filled("one_hot", Shape(std::span(shape.begin(), shape.end()), "one_hot"), 0, dtype);
  dispatch(dtype, [&]<class T>() {
    T* row = detail::values<T>(y);
    for (std::int64_t i = 0; i < indices.size(); ++i, row += classes) {
      const std::int64_t index = from.data<std::int64_t>()[i];
      if (index < 0 || index >= classes)
        fail<ShapeError>("one_hot: index {} at position {} is outside 0 … {}", index, i, classes - 1);
      row[index] = static_cast<T>(1);
    }
  });
  return y;
}

Tensor detail::as_number(const Tensor& x) { return x.dtype() == boolean || x.dtype() == uint8 ? astype(x, int64) : x; }

}  // namespace retrograd
