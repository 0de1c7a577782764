// A product of many factors as m·2^e, so that it neither overflows nor underflows on the way to a representable result;
// for float64 with the rounding error of each multiplication, so that the error does not grow with the number of
// factors. Invariant: |m| lies between 2^−500 and 2^500, unless it is 0, infinite or NaN. Does not depend on how the
// factors are stored. Not a public header.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace retrograd::detail {

template <class T>
class RunningProduct {
 public:
  void times(double x) {
    if (!is_moderate(x)) x = shifted(x);
    multiply(x, 0);
  }
  void times(const RunningProduct& other) {
    multiply(other.product_, other.rest_);
    exponent_ += other.exponent_;
  }
  double value() const {
    constexpr std::int64_t kBeyond = 5000;
    return std::ldexp(product_ + rest_, static_cast<int>(std::clamp(exponent_, -kBeyond, kBeyond)));
  }

 private:
  static bool is_moderate(double x) { return (std::abs(x) <= 0x1p500 && std::abs(x) >= 0x1p-500) || x == 0; }
  // x scaled to a moderate magnitude, with the exponent adjusted.
  double shifted(double x) {
    if (!std::isfinite(x)) return x;
    int power = 0;
    x = std::frexp(x, &power);
    exponent_ += power;
    return x;
  }
  void multiply(double x, double rest) {
    const double product = product_ * x;
    if constexpr (sizeof(T) == sizeof(double)) {
      const double lost = std::fma(product_, x, -product) + (rest_ * x + product_ * rest);
      rest_ = std::isfinite(product) ? lost : 0;
    }
    product_ = product;
    if (is_moderate(product_)) return;
    const std::int64_t before = exponent_;
    product_ = shifted(product_);
    rest_ = std::ldexp(rest_, static_cast<int>(before - exponent_));
  }

  double product_ = 1, rest_ = 0;
  std::int64_t exponent_ = 0;
};

}  // namespace retrograd::detail
