// New tensors: from constants, from the caller's values, and from random numbers. Each is contiguous, of the default
// dtype (default_dtype.h) unless given otherwise, and a constant to every tape until it is watched.
#pragma once
#include <concepts>
#include <initializer_list>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "../base/random.h"
#include "../tensor/operand.h"
#include "../tensor/tensor.h"

namespace retrograd {

/// Every element is `value`; DtypeError if the dtype cannot hold it.
Tensor full(const Shape& shape, Scalar value, Dtype dtype = default_dtype());
/// Every element is 0.
Tensor zeros(const Shape& shape, Dtype dtype = default_dtype());
/// Every element is 1.
Tensor ones(const Shape& shape, Dtype dtype = default_dtype());
/// Zeros of the shape and dtype of x.
Tensor zeros_like(const Tensor& x);
/// Ones of the shape and dtype of x.
Tensor ones_like(const Tensor& x);
/// A tensor with the shape and dtype of x, filled with `value`; DtypeError if the dtype cannot hold it.
Tensor full_like(const Tensor& x, Scalar value);
/// n rows and m columns, 1 on the diagonal and 0 elsewhere.
Tensor eye(std::int64_t n, std::int64_t m, Dtype dtype = default_dtype());
/// The n × n identity matrix.
inline Tensor eye(std::int64_t n, Dtype dtype = default_dtype()) { return eye(n, n, dtype); }
/// 0, 1, … before `stop`: int64 if that is an integer, otherwise the default dtype. Error if `stop` is NaN or infinite,
/// ShapeError if it is negative.
Tensor arange(Scalar stop);
/// The same with a given dtype.
Tensor arange(Scalar stop, Dtype dtype);
/// start, start + step, … before stop (descending if step is negative); Error if step is 0 or an argument is NaN or
/// infinite. int64 if all three are integers, otherwise the default dtype. As in NumPy, rounding may let the last value
/// of a fractional step reach stop; linspace is exact.
Tensor arange(Scalar start, Scalar stop, Scalar step = 1);
/// The same with a given dtype; DtypeError if it cannot hold the values.
Tensor arange(Scalar start, Scalar stop, Scalar step, Dtype dtype);
/// n evenly spaced numbers from start to stop, both included; only start if n is 1. float32 or float64.
Tensor linspace(double start, double stop, std::int64_t n, Dtype dtype = default_dtype());

namespace detail {
/// `full` for an op; errors name `op`.
Tensor filled(const char* op, const Shape& shape, Scalar value, Dtype dtype);
/// Fills x, which must be contiguous, with the value; DtypeError naming `op` if the dtype cannot hold it.
void fill_values(const char* op, const Tensor& x, Scalar value);
/// The default dtype of a tensor of T.
template <class T>
Dtype dtype_for() {
  return std::is_floating_point_v<T> ? default_dtype() : dtype_of<T>;
}
Tensor from_doubles(std::span<const double> values, const Shape& shape, Dtype dtype);
Tensor from_integers(std::span<const std::int64_t> values, const Shape& shape, Dtype dtype);
Tensor from_bytes(const void* values, std::size_t count, const Shape& shape, Dtype dtype);
template <class T>
Tensor from_any(std::span<const T> values, const Shape& shape, Dtype dtype) {
  if constexpr (Element<T>)
    if (dtype == dtype_of<T>) return from_bytes(values.data(), values.size(), shape, dtype);
  // An integer beyond int64 is passed as double, which integer dtypes reject.
  bool fits = true;
  if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
    for (T value : values) fits = fits && std::in_range<std::int64_t>(value);
  if (!fits) return from_doubles(std::vector<double>(values.begin(), values.end()), shape, dtype);
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
requires(std::integral<T> || std::floating_point<T>) Tensor tensor(T value, Dtype dtype = detail::dtype_for<T>()) {
  return detail::filled("tensor", {}, value, dtype);
}
/// A vector of the given values.
template <class T>
requires(std::integral<T> || std::floating_point<T>) Tensor
    tensor(std::initializer_list<T> values, Dtype dtype = detail::dtype_for<T>()) {
  return detail::from_any(std::span<const T>(values.begin(), values.size()), {static_cast<std::int64_t>(values.size())},
                          dtype);
}
/// A matrix of the given rows; ShapeError if they differ in length.
template <class T>
requires(std::integral<T> || std::floating_point<T>) Tensor
    tensor(std::initializer_list<std::initializer_list<T>> rows, Dtype dtype = detail::dtype_for<T>()) {
  std::vector<T> values;
  const std::size_t width = rows.size() ? rows.begin()->size() : 0;
  for (const auto& row : rows) {
    if (row.size() != width) detail::fail_ragged(width, row.size());
    values.insert(values.end(), row.begin(), row.end());
  }
  return tensor(values, {static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(width)}, dtype);
}
/// The values of a vector in row-major order; ShapeError if their number differs from the size of the shape.
template <class T>
Tensor tensor(const std::vector<T>& values, const Shape& shape, Dtype dtype = detail::dtype_for<T>()) {
  if constexpr (std::is_same_v<T, bool>)
    return detail::from_integers(std::vector<std::int64_t>(values.begin(), values.end()), shape, dtype);
  else
    return detail::from_any(std::span<const T>(values), shape, dtype);
}
/// The values of a vector as a tensor with one axis.
template <class T>
Tensor tensor(const std::vector<T>& values) {
  return tensor(values, {static_cast<std::int64_t>(values.size())});
}
/// The same with a given dtype; DtypeError if it cannot hold the values.
template <class T, std::same_as<Dtype> D>
Tensor tensor(const std::vector<T>& values, D dtype) {
  return tensor(values, {static_cast<std::int64_t>(values.size())}, dtype);
}
/// The same from a span of values, which are copied (`wrap` does not copy).
template <class T, std::size_t N>
requires(std::integral<std::remove_const_t<T>> || std::floating_point<std::remove_const_t<T>>) Tensor
    tensor(std::span<T, N> values, const Shape& shape, Dtype dtype = detail::dtype_for<std::remove_const_t<T>>()) {
  return detail::from_any(std::span<const T>(values), shape, dtype);
}
/// The same with one axis.
template <class T, std::size_t N>
requires(std::integral<std::remove_const_t<T>> || std::floating_point<std::remove_const_t<T>>) Tensor
    tensor(std::span<T, N> values) {
  return tensor(values, {static_cast<std::int64_t>(values.size())});
}

/// Independent draws from a normal distribution.
Tensor normal(const Shape& shape, double mean, double stddev, Rng& rng, Dtype dtype = default_dtype());
/// Independent draws, uniform over [low, high).
Tensor uniform(const Shape& shape, double low, double high, Rng& rng, Dtype dtype = default_dtype());
/// Independent draws: 1 with probability p, else 0. Any dtype.
Tensor bernoulli(const Shape& shape, double p, Rng& rng, Dtype dtype = default_dtype());
/// Independent integers, uniform over low … high-1; int64.
Tensor randint(const Shape& shape, std::int64_t low, std::int64_t high, Rng& rng);
/// A random permutation of 0 … n-1; int64.
Tensor permutation(std::int64_t n, Rng& rng);

namespace detail {
/// A mask whose elements are false with probability p, independently.
Tensor mask_without(double p, const Shape& shape, Rng& rng);
}  // namespace detail

}  // namespace retrograd
