#include "creation.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "../base/error.h"
#include "../base/threads.h"
#include "../tensor/format.h"

namespace retrograd {

Tensor detail::filled(const char* op, const Shape& shape, Scalar value, Dtype dtype) {
  Tensor out = empty_for(op, shape, dtype);
  fill_values(op, out, value);
  return out;
}

void detail::fill_values(const char* op, const Tensor& x, Scalar value) {
  detail::dispatch(x.dtype(), [&]<class T>() {
    T* const to = values<T>(x);
    const T each = value.as<T>(op);
    parallel_for(x.size(), 1, [=](std::int64_t begin, std::int64_t end) { std::fill(to + begin, to + end, each); });
  });
}

Tensor full(const Shape& shape, Scalar value, Dtype dtype) { return detail::filled("full", shape, value, dtype); }
Tensor zeros(const Shape& shape, Dtype dtype) { return detail::filled("zeros", shape, 0, dtype); }
Tensor ones(const Shape& shape, Dtype dtype) { return detail::filled("ones", shape, 1, dtype); }
Tensor zeros_like(const Tensor& x) { return zeros(x.shape(), x.dtype()); }
Tensor ones_like(const Tensor& x) { return ones(x.shape(), x.dtype()); }
Tensor full_like(const Tensor& x, Scalar value) { return detail::filled("full_like", x.shape(), value, x.dtype()); }

Tensor eye(std::int64_t n, std::int64_t m, Dtype dtype) {
  const std::int64_t sizes[] = {n, m};
  Tensor out = detail::filled("eye", Shape(sizes, "eye"), 0, dtype);
  detail::dispatch(dtype, [&]<class T>() {
    for (std::int64_t i = 0; i < std::min(n, m); ++i) detail::values<T>(out)[i * m + i] = T{1};
  });
  return out;
}

namespace {

void check_count(std::size_t count, const Shape& shape) {
  if (static_cast<std::int64_t>(count) != shape.size())
    detail::fail<ShapeError>("tensor: {} values do not fill shape {}", count, shape);
}

template <class From>
Tensor from_wide(std::span<const From> values, const Shape& shape, Dtype dtype) {
  check_count(values.size(), shape);
  Tensor out = Tensor::empty(shape, dtype);
  detail::dispatch(dtype, [&]<class T>() {
    T* to = detail::values<T>(out);
    for (std::size_t i = 0; i < values.size(); ++i) {
      to[i] = static_cast<T>(values[i]);
      if (!std::is_floating_point_v<T> && static_cast<double>(to[i]) != static_cast<double>(values[i]))
        detail::fail<DtypeError>("tensor: {} cannot hold {}", dtype, values[i]);
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
Tensor detail::from_bytes(const void* values, std::size_t count, const Shape& shape, Dtype dtype) {
  check_count(count, shape);
  Tensor out = Tensor::empty(shape, dtype);
  if (count > 0) std::memcpy(out.body().data, values, count * size_of(dtype));
  return out;
}
void detail::fail_ragged(std::size_t expected, std::size_t found) {
  detail::fail<ShapeError>("tensor: rows differ in length: {} and {}", expected, found);
}

namespace {

// start + i·step for integers, which `dtype` must be able to hold.
Tensor whole_numbers(std::int64_t start, std::int64_t stop, std::int64_t step, Dtype dtype) {
  const bool up = step > 0;
  // Differences of 64-bit integers fit in 64 bits unsigned.
  const auto distance = [](std::int64_t from, std::int64_t to) {
    return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
  };
  const std::uint64_t stride = up ? static_cast<std::uint64_t>(step) : 0 - static_cast<std::uint64_t>(step);
  const std::uint64_t length = up ? distance(start, stop) : distance(stop, start);
  const std::uint64_t count = (up ? start < stop : start > stop) ? (length - 1) / stride + 1 : 0;
  if (count > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    detail::fail<ShapeError>("arange: from {} to {} by {} has more elements than fit in 64 bits", start, stop, step);
  Tensor out = detail::empty_for("arange", {static_cast<std::int64_t>(count)}, dtype);
  detail::dispatch(dtype, [&]<class T>() {
    T* to = detail::values<T>(out);
    const auto value = [&](std::uint64_t i) {
      return static_cast<std::int64_t>(static_cast<std::uint64_t>(start) + i * static_cast<std::uint64_t>(step));
    };
    for (const std::uint64_t i : {std::uint64_t{0}, count - 1}) {  // the extremes
      if (count == 0) break;
      constexpr int kDigits = std::numeric_limits<T>::digits;
      const std::int64_t v = value(i), most = kDigits < 63 ? (std::int64_t{1} << kDigits % 63) : 0;
      const bool holds = kDigits >= 63 || (std::is_floating_point_v<T> ? v >= -most && v <= most : v >= 0 && v < most);
      if (!holds) detail::fail<DtypeError>("arange: {} cannot hold {}", dtype, v);
    }
    for (std::uint64_t i = 0; i < count; ++i) to[i] = static_cast<T>(value(i));
  });
  return out;
}

}  // namespace

Tensor arange(Scalar stop) { return arange(stop, stop.is_integer() ? int64 : default_dtype()); }

Tensor arange(Scalar stop, Dtype dtype) {
  if (const auto end = stop.as<double>("arange"); end < 0)
    detail::fail<ShapeError>("arange: the end cannot be negative without a start, got {}", end);
  return stop.is_integer() ? whole_numbers(0, stop.as<std::int64_t>("arange"), 1, dtype) : arange(0, stop, 1, dtype);
}

Tensor arange(Scalar start, Scalar stop, Scalar step) {
  const bool whole = start.is_integer() && stop.is_integer() && step.is_integer();
  return arange(start, stop, step, whole ? int64 : default_dtype());
}

Tensor arange(Scalar first, Scalar stop, Scalar step, Dtype dtype) {
  const auto from = first.as<double>("arange"), to = stop.as<double>("arange"), by = step.as<double>("arange");
  if (by == 0) detail::fail("arange: the step cannot be 0");
  if (first.is_integer() && stop.is_integer() && step.is_integer())
    return whole_numbers(first.as<std::int64_t>("arange"), stop.as<std::int64_t>("arange"),
                         step.as<std::int64_t>("arange"), dtype);
  if (!is_floating(dtype)) detail::fail<DtypeError>("arange: fractional values need float32 or float64, got {}", dtype);
  const double count = std::max(0.0, std::ceil((to - from) / by));
  if (!std::isfinite(from) || !std::isfinite(to) || !std::isfinite(by) || !(count < 0x1p63))
    detail::fail("arange: cannot count from {} to {} by {}", from, to, by);
  Tensor out = detail::empty_for("arange", {static_cast<std::int64_t>(count)}, dtype);
  detail::dispatch(dtype, [&]<class T>() {
    for (std::int64_t i = 0; i < out.size(); ++i)
      detail::values<T>(out)[i] = static_cast<T>(from + static_cast<double>(i) * by);
  });
  return out;
}

Tensor linspace(double start, double stop, std::int64_t n, Dtype dtype) {
  if (!is_floating(dtype)) detail::fail<DtypeError>("linspace: the dtype must be float32 or float64, got {}", dtype);
  if (n < 0) detail::fail<ShapeError>("linspace: the number of values cannot be negative, got {}", n);
  Tensor out = detail::empty_for("linspace", {n}, dtype);
  const double last = static_cast<double>(n - 1), step = (stop - start) / last;
  detail::dispatch(dtype, [&]<class T>() {
    T* to = detail::values<T>(out);
    for (std::int64_t i = 0; i < n; ++i) {
      const auto at = static_cast<double>(i);
      // If the distance overflows, the ends are weighted separately.
      to[i] = static_cast<T>(std::isfinite(step) ? start + at * step : start * (1 - at / last) + stop * (at / last));
    }
    if (n > 1) to[n - 1] = static_cast<T>(stop);
    if (n > 0) to[0] = static_cast<T>(start);
  });
  return out;
}

Tensor permutation(std::int64_t n, Rng& rng) {
  if (n < 0) detail::fail<ShapeError>("permutation: the number of values cannot be negative, got {}", n);
  Tensor out = arange(n);
  rng.shuffle(std::span(detail::values<std::int64_t>(out), static_cast<std::size_t>(n)));
  return out;
}

}  // namespace retrograd
