#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "../derivatives_at.h"

namespace retrograd::tests {

namespace {

template <int n>
Tensor polygamma_of(const Tensor& x) {
  return polygamma(n, x);
}

}  // namespace

TEST_CASE("atan2 has the C library's value for every pair of special numbers") {
  const std::vector<double> special = {0.0, -0.0, 1, -1, 2.5, -2.5, kInf, -kInf, kNan, 1e30, -1e30, 1e-30, -1e-30};
  for (Dtype dtype : {float32, float64})
    for (double a : special)
      for (double b : special) {
        CAPTURE(a);
        CAPTURE(b);
        const double found = atan2(full({}, a, dtype), full({}, b, dtype)).item<double>();
        const double expected = dtype == float32 ? double(std::atan2(float(a), float(b))) : std::atan2(a, b);
        CHECK(close(found, expected, dtype == float32 ? 1.2e-7 : 2.3e-16));  // the last digit may differ
        CHECK((std::isnan(expected) || std::signbit(found) == std::signbit(expected)));
      }
  CHECK(atan2(1, 1).item<double>() == doctest::Approx(std::numbers::pi / 4));
}

TEST_CASE("derivatives of atan2 neither overflow nor vanish where squares would") {
  const auto slopes = [](double a, double b, Dtype dtype) {
    const auto [da, db] =
        grad([](const Tensor& u, const Tensor& v) { return sum(atan2(u, v)); })(full({}, a, dtype), full({}, b, dtype));
    return std::pair(da.item<double>(), db.item<double>());
  };
  for (double r : {1e-150, 1e-10, 1.0, 1e10, 1e150, 1e200})
    for (double turn : {0.0, 0.3, 1.0, 1.7, 2.6, -0.4, -1.2, -2.9}) {
      const double a = r * std::sin(turn), b = r * std::cos(turn);
      const auto [da, db] = slopes(a, b, float64);
      CHECK(close(da, std::cos(turn) / r, 1e-12));
      CHECK(close(db, -std::sin(turn) / r, 1e-12));
    }
  for (double r : {1e-30f, 1e30f}) {
    const auto [da, db] = slopes(r, -r, float32);
    CHECK(close(da, -0.5 / r, 1e-6));
    CHECK(close(db, -0.5 / r, 1e-6));
  }
  CHECK(slopes(1, 0, float64) == std::pair(0.0, -1.0));
  CHECK(slopes(0, -1, float64) == std::pair(-1.0, 0.0));
  CHECK(slopes(kInf, 1, float64) == std::pair(0.0, 0.0));
  CHECK(slopes(2, -kInf, float64) == std::pair(0.0, 0.0));
  CHECK(slopes(kInf, kInf, float64) == std::pair(0.0, 0.0));
  CHECK(std::isnan(slopes(0, 0, float64).first));
}

TEST_CASE("the gamma family has the values that tables list") {
  // Abramowitz & Stegun 6.3.2, 6.3.3, 6.4.2, 6.4.4 and ζ(3), ζ(31).
  constexpr double kPi = std::numbers::pi, kEuler = std::numbers::egamma, kApery = 1.2020569031595942854;
  CHECK(close(value_of(digamma, 0, 1), -kEuler));
  CHECK(close(value_of(digamma, 0, 0.5), -kEuler - 2 * std::numbers::ln2));
  CHECK(close(value_of(digamma, 0, 2), 1 - kEuler));
  CHECK(close(value_of(digamma, 0, -0.5), 2 - kEuler - 2 * std::numbers::ln2));
  CHECK(std::abs(value_of(digamma, 0, 1.4616321449683623413)) < 1e-15);
  CHECK(close(value_of(polygamma_of<1>, 0, 1), kPi * kPi / 6));
  CHECK(close(value_of(polygamma_of<1>, 0, 0.5), kPi * kPi / 2));
  CHECK(close(value_of(polygamma_of<1>, 0, -0.5), kPi * kPi / 2 + 4));
  CHECK(close(value_of(polygamma_of<2>, 0, 1), -2 * kApery));
  CHECK(close(value_of(polygamma_of<2>, 0, 0.5), -14 * kApery));
  CHECK(close(value_of(polygamma_of<2>, 0, -0.5), 16 - 14 * kApery));
  CHECK(close(value_of(polygamma_of<3>, 0, 1), std::pow(kPi, 4) / 15));
  CHECK(close(value_of(polygamma_of<30>, 0, 1), -std::tgamma(31.0) * 1.0000000004656629065));
  // f(x + 1) − f(x) = (−1)ⁿ·n!/x^(n + 1), across 0 and at orders whose factorial float64 does not hold
  for (double x : {-3.3, -0.01, -0.8, -7.5})
    CHECK(close(value_of(polygamma_of<4>, 0, x + 1) - value_of(polygamma_of<4>, 0, x), 24 / std::pow(x, 5), 1e-10));
  long double direct = 0;
  for (int k = 0; k < 5000; ++k)
    direct += std::exp(std::lgamma(401.0L) - 401 * std::log(static_cast<long double>(500 + k)));
  CHECK(close(value_of(polygamma_of<400>, 0, 500), -double(direct), 1e-11));
  CHECK(value_of(polygamma_of<400>, 0, 0.5) == -kInf);
  CHECK(value_of(polygamma_of<401>, 0, -0.5) == kInf);
  CHECK(std::isfinite(value_of(polygamma_of<400>, 0, -500.5)));
  CHECK(value_of(polygamma_of<1000000>, 0, 3) == -kInf);
  CHECK(value_of(polygamma_of<1000000>, 0, 1e7) == 0);
}

TEST_CASE("the gamma family has SciPy's poles") {
  for (Dtype dtype : {float32, float64}) {
    CHECK(values_of(lgamma, 0, {0, -0.0, -1, -7}, dtype) == std::vector<double>{kInf, kInf, kInf, kInf});
    CHECK(values_of(digamma, 0, {0.0, -0.0, kInf}, dtype) == std::vector<double>{-kInf, kInf, kInf});
    for (double x : {-1.0, -7.0, -1e6, -kInf}) CHECK(std::isnan(value_of(digamma, 0, x, dtype)));
    CHECK(values_of(polygamma_of<1>, 0, {0, -0.0, -1, -1e6}, dtype) == std::vector<double>{kInf, kInf, kInf, kInf});
    CHECK(values_of(polygamma_of<2>, 0, {0, -0.0, -1, -1e6}, dtype) == std::vector<double>{-kInf, -kInf, -kInf, -kInf});
    CHECK(values_of(polygamma_of<3>, 0, {kInf, 1e30}, dtype)[0] == 0);
  }
}

TEST_CASE("lgamma leaves the C library's global sign alone") {
  signgam = 7;
  CHECK(value_of(lgamma, 0, -0.5) == doctest::Approx(std::log(2 * std::sqrt(std::numbers::pi))));
  CHECK(value_of(lgamma, 0, -0.5, float32) == doctest::Approx(std::log(2 * std::sqrt(std::numbers::pi))));
  CHECK(signgam == 7);
}

}  // namespace retrograd::tests
