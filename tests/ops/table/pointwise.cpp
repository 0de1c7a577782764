#include "../reference.h"

#include <cmath>
#include <limits>

namespace retrograd::tests {

namespace {

// The gamma family by its definition where it converges fast: steps up to 60, whatever the sign, in more digits than
// the library has, and from there on the first terms of Stirling's series.
double psi(double value) {
  if (value == 0) return std::copysign(std::numeric_limits<double>::infinity(), -value);
  if (value < 0 && value == std::floor(value)) return std::numeric_limits<double>::quiet_NaN();
  long double x = value, y = 0;
  for (; x < 60; ++x) y -= 1 / x;
  const long double r = 1 / (x * x);
  return double(y + (std::log(x) - 1 / (2 * x) - r * (1.0L / 12 - r * (1.0L / 120 - r * (1.0L / 252 - r / 240)))));
}
template <int n>
double polygamma_at(double value) {
  if (std::isnan(value) || value == -std::numeric_limits<double>::infinity())
    return std::numeric_limits<double>::quiet_NaN();
  const double sign = n % 2 ? 1 : -1;
  if (value <= 0 && value == std::floor(value)) return sign * std::numeric_limits<double>::infinity();
  long double x = value, y = 0, factorial = 1;
  for (int i = 2; i < n; ++i) factorial *= i;  // (n − 1)!
  for (; x < 60 + n; ++x) y += factorial * n / std::pow(x, n + 1);
  long double series = 1 + n / (2 * x), rising = 1, i = n;
  for (long double term : {1.0L / 12, -1.0L / 720, 1.0L / 30240, -1.0L / 1209600}) {
    rising *= i * (i + 1) / (x * x);
    series += term * rising;
    i += 2;
  }
  return double(sign * (y + factorial / std::pow(x, n) * series));
}
template <int n>
Tensor polygamma_of(const Tensor& x) {
  return polygamma(n, x);
}

std::vector<Row> exponential_rows() {
  return {
      smooth("exp", exp, std::exp),
      smooth("exp2", exp2, std::exp2),
      smooth("expm1", expm1, std::expm1),
      smooth("log", log, std::log, within(0.2, 3)),
      smooth("log2", log2, std::log2, within(0.2, 3)),
      smooth("log10", log10, std::log10, within(0.2, 3)),
      smooth("log1p", log1p, std::log1p, within(-0.5, 3)),
  };
}

std::vector<Row> trigonometric_rows() {
  std::vector<Row> rows = {
      smooth("sin", sin, std::sin),
      smooth("cos", cos, std::cos),
      smooth("tan", tan, std::tan, within(-1.2, 1.2)),
      named("tan(second branch)", smooth("tan", tan, std::tan, within(2, 4))),
      smooth("asin", asin, std::asin, within(-0.9, 0.9)),
      smooth("acos", acos, std::acos, within(-0.9, 0.9)),
      smooth("atan", atan, std::atan),
      binary("atan2", atan2, std::atan2, within(0.3, 2, kBinarySamples)),
      named("atan2(third quadrant)", binary("atan2", atan2, std::atan2, within(-2, -0.3, kBinarySamples))),
      named("atan2(all quadrants)", binary("atan2", atan2, std::atan2)),
  };
  for (Row& row : rows)
    if (row.name.starts_with("atan2")) row.order = 3;
  return rows;
}

std::vector<Row> hyperbolic_rows() {
  return {
      smooth("sinh", sinh, std::sinh),
      smooth("cosh", cosh, std::cosh),
      smooth("asinh", asinh, std::asinh),
      smooth("acosh", acosh, std::acosh, within(1.2, 4)),
      smooth("atanh", atanh, std::atanh, within(-0.9, 0.9)),
  };
}

std::vector<Row> special_rows() {
  std::vector<Row> rows = {
      smooth("erf", erf, std::erf),
      smooth("erfc", erfc, std::erfc),
      smooth("lgamma", lgamma, std::lgamma, within(0.5, 5)),
      named("lgamma(below 0)", smooth("lgamma", lgamma, std::lgamma, within(-1.7, -1.3))),
      smooth("digamma", digamma, psi, within(0.5, 5)),
      named("digamma(below 0)", smooth("digamma", digamma, psi, within(-1.65, -1.35))),
      named("polygamma(0)", smooth("polygamma", polygamma_of<0>, psi, within(0.5, 5))),
      named("polygamma(1)", smooth("polygamma", polygamma_of<1>, polygamma_at<1>, within(0.5, 5))),
      named("polygamma(1, below 0)", smooth("polygamma", polygamma_of<1>, polygamma_at<1>, within(-0.7, -0.3))),
      named("polygamma(2)", smooth("polygamma", polygamma_of<2>, polygamma_at<2>, within(0.8, 20))),
      named("polygamma(2, below 0)", smooth("polygamma", polygamma_of<2>, polygamma_at<2>, within(-0.6, -0.4))),
      named("polygamma(5)", smooth("polygamma", polygamma_of<5>, polygamma_at<5>, within(1, 40))),
  };
  rows[7].refusals.push_back({[] { polygamma(-1, zeros({2})); }, "polygamma: the order -1 is outside 0 … 1000000"});
  rows[7].refusals.push_back(
      {[] { polygamma(1'000'001, zeros({2})); }, "polygamma: the order 1000001 is outside 0 … 1000000"});
  return rows;
}

}  // namespace

std::vector<Row> pointwise_rows() {
  std::vector<Row> rows;
  for (auto part : {exponential_rows, trigonometric_rows, hyperbolic_rows, special_rows})
    for (Row& row : part()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace retrograd::tests
