// A sum of many terms whose error does not grow with their number: float32 terms are summed in double, float64 terms
// with compensation (Neumaier 1974). Invariant: if no term is infinite or NaN, neither is the compensation. Does not
// depend on how the terms are stored. Not a public header.
#pragma once
#include <cmath>

namespace retrograd::detail {

template <class T>
class Total {
 public:
  void add(double term) {
    if constexpr (sizeof(T) < sizeof(double)) {
      sum_ += term;
    } else {
      const double sum = sum_ + term;
      const double lost = std::abs(sum_) >= std::abs(term) ? (sum_ - sum) + term : (term - sum) + sum_;
      lost_ += std::isfinite(sum) ? lost : 0;
      sum_ = sum;
    }
  }
  double value() const { return sum_ + lost_; }

 private:
  double sum_ = 0, lost_ = 0;
};

}  // namespace retrograd::detail
