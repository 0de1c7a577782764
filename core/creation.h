// New tensors: of constants, of values the caller has, of random numbers. Each is contiguous, float32 unless said
// otherwise, and a constant to every tape until it is watched.
#pragma once
#include <initializer_list>
#include <span>
#include <vector>

#include "operand.h"
#include "random.h"
#include "tensor.h"

namespace retrograd {

Tensor full(const Shape& shape, Scalar value, Dtype dtype = float32);
Tensor zeros(const Shape& shape, Dtype dtype = float32);
Tensor ones(const Shape& shape, Dtype dtype = float32);
Tensor zeros_like(const Tensor& x);
Tensor ones_like(const Tensor& x);
/// The whole numbers from 0 to n-1; float32, float64 or int64.
Tensor arange(std::int64_t n, Dtype dtype = int64);

namespace detail {
template <class T>
inline constexpr Dtype default_dtype = std::is_floating_point_v<T> ? Dtype::float32 : dtype_of<T>;
Tensor from_doubles(std::span<const double> values, const Shape& shape, Dtype dtype);
Tensor from_integers(std::span<const std::int64_t> values, const Shape& shape, Dtype dtype);
template <class T>
Tensor from_any(std::span<const T> values, const Shape& shape, Dtype dtype) {
  using Wide = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;
  const std::vector<Wide> wide(values.begin(), values.end());
  if constexpr (std::is_floating_point_v<T>)
    return from_doubles(wide, shape, dtype);
  else
    return from_integers(wide, shape, dtype);
}
[[noreturn]] void fail_ragged(std::size_t expected, std::size_t found);
}  // namespace detail

/// A scalar.
template <class T>
requires(std::integral<T> || std::floating_point<T>) Tensor tensor(T value, Dtype dtype = detail::default_dtype<T>) {
  return full({}, value, dtype);
}
/// A vector of the values listed.
template <class T>
requires(std::integral<T> || std::floating_point<T>) Tensor
    tensor(std::initializer_list<T> values, Dtype dtype = detail::default_dtype<T>) {
  return detail::from_any(std::span<const T>(values.begin(), values.size()), {static_cast<std::int64_t>(values.size())},
                          dtype);
}
/// A matrix of the rows listed; ShapeError where they differ in length.
template <class T>
requires(std::integral<T> || std::floating_point<T>) Tensor
    tensor(std::initializer_list<std::initializer_list<T>> rows, Dtype dtype = detail::default_dtype<T>) {
  std::vector<T> values;
  const std::size_t width = rows.size() ? rows.begin()->size() : 0;
  for (const auto& row : rows) {
    if (row.size() != width) detail::fail_ragged(width, row.size());
    values.insert(values.end(), row.begin(), row.end());
  }
  return tensor(values, {static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(width)}, dtype);
}
/// The values of a vector, in row-major order of `shape`; ShapeError where their number differs from the shape's size.
template <class T>
Tensor tensor(const std::vector<T>& values, const Shape& shape, Dtype dtype = detail::default_dtype<T>) {
  if constexpr (std::is_same_v<T, bool>)
    return detail::from_integers(std::vector<std::int64_t>(values.begin(), values.end()), shape, dtype);
  else
    return detail::from_any(std::span<const T>(values), shape, dtype);
}

/// Independent draws from the normal distribution with this mean and standard deviation.
Tensor normal(const Shape& shape, double mean, double stddev, Rng& rng, Dtype dtype = float32);
/// Independent draws, evenly from [low, high).
Tensor uniform(const Shape& shape, double low, double high, Rng& rng, Dtype dtype = float32);
/// The whole numbers from 0 to n-1 in random order, int64.
Tensor permutation(std::int64_t n, Rng& rng);

}  // namespace retrograd
