// Values and derivatives of a function of one tensor at given points. Does not depend on the expected values.
#pragma once
#include <retrograd/retrograd.h>

#include <cmath>
#include <limits>
#include <vector>

namespace retrograd::tests {

inline constexpr double kInf = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();

using Function = Tensor (*)(const Tensor&);

// The derivative of this order for each value, computed by tapes.
inline std::vector<double> values_of(Function f, int order, const std::vector<double>& at, Dtype dtype) {
  const Tensor x = tensor(at, {static_cast<std::int64_t>(at.size())}, dtype);
  const auto first = grad([f](const Tensor& v) { return sum(f(v)); });
  if (order == 0) return f(x).to_vector<double>();
  if (order == 1) return first(x).to_vector<double>();
  const auto second = grad([&first](const Tensor& v) { return sum(first(v)); });
  if (order == 2) return second(x).to_vector<double>();
  return grad([&second](const Tensor& v) { return sum(second(v)); })(x).to_vector<double>();
}
inline double value_of(Function f, int order, double at, Dtype dtype = float64) {
  return values_of(f, order, {at}, dtype).front();
}

inline bool close(double a, double b, double tolerance = 1e-13) {
  return a == b || (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= tolerance * std::abs(b);
}

}  // namespace retrograd::tests
