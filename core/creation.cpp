#include "creation.h"

#include <algorithm>
#include <limits>

#include "error.h"
#include "format.h"

namespace retrograd {

Tensor full(const Shape& shape, Scalar value, Dtype dtype) {
  Tensor out = Tensor::empty(shape, dtype);
  dispatch(dtype, [&]<class T>() { std::fill_n(detail::values<T>(out), out.size(), value.as<T>("full")); });
  return out;
}

Tensor zeros(const Shape& shape, Dtype dtype) { return full(shape, 0, dtype); }
Tensor ones(const Shape& shape, Dtype dtype) { return full(shape, 1, dtype); }
Tensor zeros_like(const Tensor& x) { return zeros(x.shape(), x.dtype()); }
Tensor ones_like(const Tensor& x) { return ones(x.shape(), x.dtype()); }

namespace {

template <class From>
Tensor from_wide(std::span<const From> values, const Shape& shape, Dtype dtype) {
  if (static_cast<std::int64_t>(values.size()) != shape.size())
    fail<ShapeError>("tensor: {} values do not fill shape {}", values.size(), shape);
  Tensor out = Tensor::empty(shape, dtype);
  dispatch(dtype, [&]<class T>() {
    T* to = detail::values<T>(out);
    for (std::size_t i = 0; i < values.size(); ++i) {
      to[i] = static_cast<T>(values[i]);
      if (!std::is_floating_point_v<T> && static_cast<double>(to[i]) != static_cast<double>(values[i]))
        fail<DtypeError>("tensor: {} can't hold {}", dtype, values[i]);
    }
  });
  return out;
}

}  // namespace

Tensor detail::from_doubles(std::span<const double> values, const Shape& shape, Dtype dtype) {
  return from_wide(values, shape, dtype);
}
Tensor detail::from_integers(std::span<const std::int64_t> values, const Shape& shape, Dtype dtype) {
  return from_wide(values, shape, dtype);
}
void detail::fail_ragged(std::size_t expected, std::size_t found) {
  fail<ShapeError>("tensor: rows differ in length: {} and {}", expected, found);
}

Tensor arange(std::int64_t n, Dtype dtype) {
  Tensor out = Tensor::empty({n}, dtype);
  dispatch(dtype, [&]<class T>() {
    T* to = detail::values<T>(out);
    for (std::int64_t i = 0; i < n; ++i) to[i] = static_cast<T>(i);
    constexpr int kDigits = std::numeric_limits<T>::digits;  // whole numbers up to 2^digits are exact
    if (kDigits < 63 && n > (std::int64_t{1} << kDigits % 63) + std::is_floating_point_v<T>)
      fail<DtypeError>("arange: {} can't hold {}", dtype, n - 1);
  });
  return out;
}

namespace {
template <class Draw>
Tensor drawn(const char* what, const Shape& shape, Dtype dtype, Draw draw) {
  if (!is_floating(dtype)) fail<DtypeError>("{}: draws float32 or float64, not {}", what, dtype);
  Tensor out = Tensor::empty(shape, dtype);
  dispatch(dtype, [&]<class T>() {
    T* to = detail::values<T>(out);
    for (std::int64_t i = 0; i < out.size(); ++i) to[i] = static_cast<T>(draw());
  });
  return out;
}
}  // namespace

Tensor normal(const Shape& shape, double mean, double stddev, Rng& rng, Dtype dtype) {
  if (!(stddev >= 0)) fail("normal: the standard deviation can't be negative, got {}", stddev);
  return drawn("normal", shape, dtype, [&] { return mean + stddev * rng.normal(); });
}

Tensor uniform(const Shape& shape, double low, double high, Rng& rng, Dtype dtype) {
  if (!(low <= high)) fail("uniform: low must not exceed high, got {} and {}", low, high);
  return drawn("uniform", shape, dtype, [&] {
    for (;;) {  // what would round up to `high` is drawn again
      const double value = low + (high - low) * rng.uniform();
      if (low == high || (dtype == float32 ? static_cast<double>(static_cast<float>(value)) : value) < high)
        return value;
    }
  });
}

Tensor permutation(std::int64_t n, Rng& rng) {
  Tensor out = arange(n);
  rng.shuffle(std::span(detail::values<std::int64_t>(out), static_cast<std::size_t>(n)));
  return out;
}

}  // namespace retrograd
