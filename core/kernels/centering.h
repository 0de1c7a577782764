// The mean and the deviation of a sequence of numbers, for kernels that normalize: accurate enough that equal numbers
// are centered to 0, whatever their magnitude. A kernel subtracts the mean rounded to the type of the numbers and then
// its rounding error, so that this error is not divided by a small deviation. Not a public header.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "../base/total.h"

namespace retrograd::detail {

/// x is centered as (x − mean) − rest; `inverse` is 1/√(variance + ε).
template <class T>
struct Center {
  T mean, rest, inverse;
  double variance;
};

/// The variance of n numbers from Σ d = sum and Σ d² = squares, where d is the difference from a value close to their
/// mean.
inline double variance_of(double sum, double squares, double n) {
  const double variance = squares / n - sum / n * (sum / n);
  return variance < 0 ? 0 : variance;  // negative by rounding; NaN stays NaN
}

/// False if the squares of the numbers may have overflowed or underflowed.
template <class T>
bool is_moderate(double variance, double epsilon) {
  constexpr double kMinimum = sizeof(T) == sizeof(double) ? 0x1p-900 : 0x1p-90;
  return std::isfinite(variance) && variance + epsilon > kMinimum;
}

/// The center of any numbers x(0) … x(n − 1): slow, scaled by a power of two.
template <class T, class X>
Center<T> careful_center(std::int64_t n, double epsilon, const X& x) {
  double largest = 0;
  for (std::int64_t i = 0; i < n; ++i) largest = std::max(largest, std::abs(static_cast<double>(x(i))));
  const int power = largest > 0 && std::isfinite(largest) ? -std::ilogb(largest) : 0;
  const auto scaled = [&](std::int64_t i) { return std::ldexp(static_cast<double>(x(i)), power); };
  const auto count = static_cast<double>(n);
  Total<double> total;
  for (std::int64_t i = 0; i < n; ++i) total.add(scaled(i));
  const T mean = static_cast<T>(std::ldexp(total.value() / count, -power));
  const double level = std::ldexp(static_cast<double>(mean), power);
  Total<double> rests;
  for (std::int64_t i = 0; i < n; ++i) rests.add(scaled(i) - level);
  const double rest = rests.value() / count;
  Total<double> squares;
  for (std::int64_t i = 0; i < n; ++i) {
    const double away = scaled(i) - level - rest;
    squares.add(away * away);
  }
  const double variance = squares.value() / count;
  const double deviation = std::sqrt(variance + std::ldexp(epsilon, 2 * power));
  return {mean, static_cast<T>(std::ldexp(rest, -power)), static_cast<T>(std::ldexp(1 / deviation, power)),
          std::ldexp(variance, -2 * power)};
}

}  // namespace retrograd::detail
