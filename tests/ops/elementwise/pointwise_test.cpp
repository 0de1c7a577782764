#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <utility>

#include "../derivatives_at.h"
#include "../op_table.h"

namespace retrograd::tests {

namespace {

Tensor gelu_exact(const Tensor& x) { return gelu(x); }
Tensor gelu_tanh(const Tensor& x) { return gelu(x, GeluApproximation::tanh); }
Tensor elu_one(const Tensor& x) { return elu(x); }
Tensor elu_two(const Tensor& x) { return elu(x, 2); }
Tensor leaky(const Tensor& x) { return leaky_relu(x); }
Tensor clipped_to_one(const Tensor& x) { return clip(x, -1, 1); }
template <int n>
Tensor polygamma_of(const Tensor& x) {
  return polygamma(n, x);
}

// As a layer of one weight that is 1.
template <Tensor (*kLinear)(const Tensor&, const Tensor&, const Tensor&)>
Tensor as_layer(const Tensor& x) {
  const Tensor one = ones({1, 1}, x.dtype()), zero = zeros({1}, x.dtype());
  return reshape(kLinear(reshape(x, {x.size(), 1}), one, zero), x.shape());
}

// Its share of two, of which the other has the logit 0.
Tensor share_of_two(const Tensor& x) {
  const Tensor logits = concatenate({reshape(x, {x.size(), 1}), zeros({x.size(), 1}, x.dtype())}, 1);
  return reshape(slice(softmax(logits, 1), 1, 0, 1), x.shape());
}

constexpr double kSeluRight = 1.0507009873554805, kSeluLeft = 1.0507009873554805 * 1.6732632423543772;

}  // namespace

TEST_CASE("activations and their derivatives reach their limits where x is large or infinite") {
  struct Limits {
    std::string function;
    Function f;
    double left, right;  // of the value; NaN: the value is x there
    double left_slope, right_slope;
  };
  const Limits limits[] = {
      {"softplus", softplus, 0, kNan, 0, 1},
      {"log_sigmoid", log_sigmoid, kNan, 0, 1, 0},
      {"softsign", softsign, -1, 1, 0, 0},
      {"silu", silu, 0, kNan, 0, 1},
      {"gelu", gelu_exact, 0, kNan, 0, 1},
      {"gelu(tanh)", gelu_tanh, 0, kNan, 0, 1},
      {"mish", mish, 0, kNan, 0, 1},
      {"elu", elu_one, -1, kNan, 0, 1},
      {"hard_sigmoid", hard_sigmoid, 0, 1, 0, 0},
      {"tanh", tanh, -1, 1, 0, 0},
      {"sigmoid", sigmoid, 0, 1, 0, 0},
      {"erf", erf, -1, 1, 0, 0},
      {"erfc", erfc, 2, 0, 0, 0},
  };
  for (const Limits& one : limits) {
    CAPTURE(one.function);
    for (Dtype dtype : {float32, float64})
      for (double size : {1e3, 1e4, 1e10, 1e19, 1e20, 3e38, kInf})
        for (double x : {size, -size}) {
          CAPTURE(x);
          CAPTURE(name(dtype));
          const double value = x < 0 ? one.left : one.right, slope = x < 0 ? one.left_slope : one.right_slope;
          const double itself = dtype == float32 ? double(float(x)) : x;
          const double near = one.f == softsign ? 1.1 / size : 0;  // which gets there slowly
          const double found = value_of(one.f, 0, x, dtype), expected = std::isnan(value) ? itself : value;
          CHECK((found == expected || std::abs(found - expected) <= near));
          CHECK(std::abs(value_of(one.f, 1, x, dtype) - slope) <= near);
          CHECK(std::abs(value_of(one.f, 2, x, dtype)) <= near);
        }
  }
  for (Function f : {silu, gelu_exact, gelu_tanh, mish})
    for (double x : {kInf, -kInf}) {
      CHECK(value_of(f, 0, x) == (x > 0 ? kInf : 0));
      CHECK(value_of(f, 2, x) == 0);
    }
}

TEST_CASE("derivatives in the tails keep their digits") {
  // Where 1 − y or 1 + y would have none left.
  for (double x : {-20.0, -35.0, -100.0, -600.0}) {
    CAPTURE(x);
    const double e = std::exp(x);
    CHECK(close(value_of(softplus, 1, x), e / (1 + e)));
    CHECK(close(value_of(log_sigmoid, 1, -x), e / (1 + e)));
    CHECK(close(value_of(expm1, 1, x), e));
    CHECK(close(value_of(elu_one, 1, x), e));
    CHECK(close(value_of(elu_two, 2, x), 2 * e));
    CHECK(close(value_of(selu, 1, x), kSeluLeft * e));
    CHECK(close(value_of(silu, 1, x), e * (1 + x) - e * e * (1 + 2 * x), 1e-12));
  }
  CHECK(close(value_of(gelu_exact, 0, -10), -10 * std::erfc(10 / std::numbers::sqrt2) / 2));
  // With t = Φ(−10) from its asymptotic series, f′(−10) = t − 10·φ(10) is all but −10·φ(10)·(1 − 1/100).
  const double density = std::exp(-50.0) / std::sqrt(2 * std::numbers::pi);
  CHECK(close(value_of(gelu_exact, 1, -10), std::erfc(10 / std::numbers::sqrt2) / 2 - 10 * density, 1e-12));
  CHECK(close(value_of(gelu_exact, 2, -10), (2 - 100) * density, 1e-12));
}

TEST_CASE("slopes of sigmoid and tanh keep their digits where 1 - y has none left") {
  const auto check = [](Function f, int order, double x, double right) {
    CAPTURE(order);
    CAPTURE(x);
    CHECK(close(value_of(f, order, x), right, 1e-14));
    CHECK(close(value_of(f, order, x, float32), double(float(right)), 1e-6));
  };
  const Function composed = [](const Tensor& x) {
    const OverrideScope scope(OverrideMode::composed);
    return sigmoid(x);
  };
  const Function sigmoids[] = {sigmoid, composed, as_layer<linear_sigmoid>}, tanhs[] = {tanh, as_layer<linear_tanh>};
  for (double size : {1e-5, 17.0, 37.0, 40.0, 80.0})
    for (double x : {size, -size}) {
      const double e = std::exp(-size), slope = e / ((1 + e) * (1 + e)), bend = -slope * std::tanh(x / 2);
      for (Function f : sigmoids) {
        check(f, 1, x, slope);
        if (f != composed || size > 1) check(f, 2, x, bend);
      }
      check(share_of_two, 1, x, slope);
      check(softplus, 2, x, slope);
      check(log_sigmoid, 2, x, -slope);
    }
  for (double size : {1e-5, 9.0, 19.0, 20.0, 40.0})
    for (double x : {size, -size}) {
      const double e = std::exp(-2 * size), slope = 4 * e / ((1 + e) * (1 + e));
      for (Function f : tanhs) {
        check(f, 1, x, slope);
        check(f, 2, x, -2 * slope * std::tanh(x));
      }
    }
  CHECK(value_of(sigmoid, 1, 40) == doctest::Approx(4.248354255291589e-18).epsilon(1e-15));
  CHECK(value_of(tanh, 1, 20) == doctest::Approx(1.699341702116636e-17).epsilon(1e-15));
}

TEST_CASE("large arguments leave derivatives of functions and their inverses finite") {
  for (Dtype dtype : {float32, float64})
    for (double size : {1e4, 1e15, 1e20, 1e30, kInf})
      for (double x : {size, -size}) {
        CAPTURE(x);
        CAPTURE(name(dtype));
        for (Function f : {atan, asinh, erf, erfc}) {
          CHECK(std::abs(value_of(f, 1, x, dtype)) <= 1.001 / size);
          CHECK(std::abs(value_of(f, 2, x, dtype)) <= 1.001 / size);
        }
        if (x < 0) continue;
        CHECK(close(value_of(acosh, 1, x, dtype), 1 / x, 1e-6));
        CHECK(std::abs(value_of(acosh, 2, x, dtype)) <= 1 / x);
        if (!std::isfinite(x)) continue;
        CHECK(close(value_of(lgamma, 1, x, dtype), std::log(x), 1e-4));
        CHECK(close(value_of(digamma, 1, x, dtype), 1 / x, 1e-4));
        CHECK(std::abs(value_of(digamma, 2, x, dtype)) <= 1 / x);
      }
  CHECK(value_of(digamma, 1, 1e300) == 1e-300);
  // At the ends of their domains slopes are infinite, not NaN.
  CHECK(value_of(asin, 1, 1) == kInf);
  CHECK(value_of(asin, 1, -1) == kInf);
  CHECK(value_of(acos, 1, 1) == -kInf);
  CHECK(value_of(acosh, 1, 1) == kInf);
  CHECK(value_of(atanh, 1, 1) == kInf);
}

TEST_CASE("derivatives at the ends of domains are their limits to the third order") {
  struct End {
    std::string function;
    Function f;
    double x;
    std::array<double, 3> derivatives;
  };
  const auto power = [](const Tensor& x) { return pow(x, 0.5); };
  const End ends[] = {
      {"asin", asin, 1, {kInf, kInf, kInf}},
      {"asin", asin, -1, {kInf, -kInf, kInf}},
      {"acos", acos, 1, {-kInf, -kInf, -kInf}},
      {"acos", acos, -1, {-kInf, kInf, -kInf}},
      {"acosh", acosh, 1, {kInf, -kInf, kInf}},
      {"atanh", atanh, 1, {kInf, kInf, kInf}},
      {"atanh", atanh, -1, {kInf, -kInf, kInf}},
      {"sqrt", sqrt, 0, {kInf, -kInf, kInf}},
      {"rsqrt", rsqrt, 0, {-kInf, kInf, -kInf}},
      {"pow", power, 0, {kInf, -kInf, kInf}},
      {"log", log, 0, {kInf, -kInf, kInf}},
      {"log2", log2, 0, {kInf, -kInf, kInf}},
      {"log10", log10, 0, {kInf, -kInf, kInf}},
      {"log1p", log1p, -1, {kInf, -kInf, kInf}},
      {"reciprocal", reciprocal, 0, {-kInf, kInf, -kInf}},
      {"sqrt", sqrt, kInf, {0, 0, 0}},
      {"rsqrt", rsqrt, kInf, {0, 0, 0}},
      {"pow", power, kInf, {0, 0, 0}},
      {"log", log, kInf, {0, 0, 0}},
      {"log1p", log1p, kInf, {0, 0, 0}},
      {"reciprocal", reciprocal, kInf, {0, 0, 0}},
      {"asinh", asinh, kInf, {0, 0, 0}},
      {"acosh", acosh, kInf, {0, 0, 0}},
      {"atan", atan, kInf, {0, 0, 0}},
      {"exp", exp, -kInf, {0, 0, 0}},
      {"erf", erf, kInf, {0, 0, 0}},
      {"tanh", tanh, kInf, {0, 0, 0}},
      {"sigmoid", sigmoid, kInf, {0, 0, 0}},
      {"softplus", softplus, kInf, {1, 0, 0}},
  };
  for (Dtype dtype : {float32, float64})
    for (const End& end : ends)
      for (int order : {1, 2, 3}) {
        CAPTURE(end.function);
        CAPTURE(end.x);
        CAPTURE(order);
        CHECK(value_of(end.f, order, end.x, dtype) == end.derivatives[static_cast<std::size_t>(order - 1)]);
      }
}

TEST_CASE("derivatives keep their digits near 0 and where a square would overflow") {
  for (double x : {1e-30, -1e-30, 1e-10}) {
    CHECK(close(value_of(atanh, 2, x), 2 * x));
    CHECK(close(value_of(sigmoid, 2, x), -x / 8));
    CHECK(close(value_of(tanh, 2, x), -2 * x));
    CHECK(close(value_of(asinh, 2, x), -x));
  }
  CHECK(close(value_of(atan, 1, 1e155), 1e-310, 1e-13));
  CHECK(close(value_of(atan, 1, 2e19, float32), 2.5e-39, 1e-5));
  CHECK(close(value_of(mish, 2, 37), (8 - 8 * 37) * std::exp(-74.0), 1e-12));
}

TEST_CASE("a function is exact where its value is a number") {
  struct Point {
    Function f;
    double x, y;
  };
  const Point points[] = {
      {exp, 0, 1},          {exp2, 10, 1024},  {exp2, -3, 0.125},     {expm1, 0, 0},         {log, 1, 0},
      {log2, 8, 3},         {log2, 0.25, -2},  {log10, 1000, 3},      {log1p, 0, 0},         {sin, 0, 0},
      {cos, 0, 1},          {cos, 1e-9, 1},    {cos, -1e-9, 1},       {cos, 1e-30, 1},       {sin, 1e-30, 1e-30},
      {tan, 0, 0},          {asin, 0, 0},      {acos, 1, 0},          {atan, 0, 0},          {sinh, 0, 0},
      {cosh, 0, 1},         {tanh, 0, 0},      {tanh, 1e-30, 1e-30},  {tanh, 40, 1},         {asinh, 0, 0},
      {acosh, 1, 0},        {atanh, 0, 0},     {erf, 0, 0},           {erfc, 0, 1},          {sqrt, 9, 3},
      {rsqrt, 4, 0.5},      {sigmoid, 0, 0.5}, {gelu_exact, 0, 0},    {silu, 0, 0},          {mish, 0, 0},
      {lgamma, 1, 0},       {lgamma, 2, 0},    {expm1, 1e-30, 1e-30}, {log1p, 1e-30, 1e-30}, {square, 3, 9},
      {reciprocal, 4, 0.25}};
  for (Dtype dtype : {float32, float64})
    for (const Point& at : points) {
      CAPTURE(at.x);
      CAPTURE(at.y);
      CHECK(value_of(at.f, 0, at.x, dtype) == (dtype == float32 ? double(float(at.y)) : at.y));
    }
  for (Dtype dtype : {float32, float64})
    for (double x : {0.3, 7.7, 1e30}) {
      const Tensor at = full({}, x, dtype);
      CHECK(pow(at, 1).item<double>() == at.item<double>());
      CHECK(pow(at, 0).item<double>() == 1);
      CHECK(pow(at, 2).item<double>() == square(at).item<double>());
    }
}

TEST_CASE("a flat side lets nothing pass, not even infinity") {
  const Tensor x = tensor({-kInf, -2.0, 0.0}, float64);
  CHECK(leaky_relu(x, 0).to_vector<double>() == std::vector<double>{0, 0, 0});
  CHECK(elu(x, 0).to_vector<double>() == std::vector<double>{0, 0, 0});
  const Tensor g = full({3}, kInf, float64);
  for (Function f :
       {Function([](const Tensor& v) { return leaky_relu(v, 0); }), Function([](const Tensor& v) { return elu(v, 0); }),
        Function(relu), Function([](const Tensor& v) { return hard_sigmoid(v - 5); })})
    CHECK(vjp(f, x).second(g).to_vector<double>() == std::vector<double>{0, 0, 0});
}

TEST_CASE("bends go the way their descriptions say, and NaN is seen") {
  for (Dtype dtype : {float32, float64}) {
    const auto at = [dtype](Function f, double x) { return value_of(f, 1, x, dtype); };
    const double rounding = dtype == float32 ? 1e-6 : 1e-15;
    for (double zero : {0.0, -0.0}) {
      CHECK(close(at(leaky, zero), 0.01, rounding));
      CHECK(close(at(elu_two, zero), 2, rounding));
      CHECK(close(at(selu, zero), kSeluLeft, rounding));
      CHECK(value_of(softsign, 1, zero, dtype) == 1);
      CHECK(value_of(softsign, 2, zero, dtype) == 0);
      CHECK(close(value_of(elu_two, 2, zero, dtype), 2, rounding));
    }
    CHECK(close(at(selu, 1e-30), kSeluRight, rounding));
    CHECK(at(hard_sigmoid, 3) == 0);
    CHECK(at(hard_sigmoid, -3) == 0);
    CHECK(close(at(hard_sigmoid, 2.999), 1.0 / 6, rounding));
    for (Function f :
         {relu,     hard_sigmoid, abs,      clipped_to_one, leaky,      elu_one,         selu,           sigmoid, tanh,
          softplus, log_sigmoid,  softsign, silu,           gelu_exact, gelu_tanh,       mish,           erf,     expm1,
          tan,      atan,         asinh,    lgamma,         digamma,    polygamma_of<1>, polygamma_of<2>})
      for (int order : {0, 1}) CHECK(std::isnan(value_of(f, order, kNan, dtype)));
  }
  // The slope is a number of the caller's, of either sign.
  const Tensor x = tensor({-2.0, 0.0, 3.0}, float64);
  CHECK(leaky_relu(x, 0).to_vector<double>() == std::vector<double>{0, 0, 3});
  CHECK(leaky_relu(x, -1).to_vector<double>() == std::vector<double>{2, 0, 3});
  CHECK(grad([](const Tensor& v) { return sum(leaky_relu(v, -1)); })(x).to_vector<double>() ==
        std::vector<double>{-1, -1, 1});
}

TEST_CASE("powers with infinite exponents are flat to the second order where they are 0") {
  const auto slope = [](const Tensor& a, const Tensor& b) {
    return grad([b](const Tensor& x) { return sum(grad([b](const Tensor& v) { return sum(pow(v, b)); })(x)); })(a);
  };
  CHECK(slope(tensor({0.5, 2.0}, float64), tensor({kInf, -kInf}, float64)).to_vector<double>() ==
        std::vector<double>{0, 0});
  const auto by_number = [](const Tensor& x) { return pow(x, -std::numeric_limits<double>::infinity()); };
  CHECK(value_of(by_number, 2, 2) == 0);
  CHECK(value_of(by_number, 2, 3) == 0);
}

TEST_CASE("odd functions keep the sign of zero") {
  for (Dtype dtype : {float32, float64})
    for (Function f : {expm1, tan, asin, atan, sinh, asinh, atanh, erf, softsign, silu, gelu_exact, gelu_tanh, mish,
                       leaky, elu_one, selu}) {
      const auto y = values_of(f, 0, {0.0, -0.0}, dtype);
      CHECK((y[0] == 0 && !std::signbit(y[0])));
      CHECK((y[1] == 0 && std::signbit(y[1])));
    }
}

TEST_CASE("the approximate gelu is within 5e-4 of the exact one") {
  const Tensor x = (arange(2001, float64) - 1000) / 100;
  CHECK(max(abs(gelu(x) - gelu(x, GeluApproximation::tanh))).item<double>() < 5e-4);
  CHECK(max(abs(gelu(x) - gelu(x, GeluApproximation::tanh))).item<double>() > 4e-4);
}

TEST_CASE("activations keep the dtype and take large and strided tensors in chunks") {
  const std::int64_t n = 150'001;
  const Tensor wide = (arange(2 * n, float32) - 150'000.0f) / 10'000;
  for (Function f : {silu, gelu_tanh, gelu_exact, leaky, elu_one, softplus}) {
    const Tensor y = f(wide);
    CHECK(y.dtype() == float32);
    const auto whole = y.to_vector<double>();
    for (std::int64_t i : {std::int64_t{0}, std::int64_t{65'535}, std::int64_t{65'536}, n, 2 * n - 1})
      CHECK(whole[static_cast<std::size_t>(i)] ==
            value_of(f, 0, wide.to_vector<double>()[static_cast<std::size_t>(i)], float32));
    const auto columns = f(transpose(reshape(wide, {n, 2}))).to_vector<double>();
    CHECK(columns[static_cast<std::size_t>(n)] == whole[1]);
  }
}

}  // namespace retrograd::tests
