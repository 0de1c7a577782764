#include <cmath>

#include "function.h"

namespace rg = retrograd;
using rg::Tensor;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kHalfPi = 1.5707963267948966;

#define OURS(expression) [](const Tensor& x, [[maybe_unused]] const Tensor& y) -> Tensor { return expression; }
#define EXACT(expression) [](const Real& x, [[maybe_unused]] const Real& y) -> Real { return expression; }

Real exp(const Real& x) { return apply<mpfr_exp>(x); }
Real expm1(const Real& x) { return apply<mpfr_expm1>(x); }
Real log1p(const Real& x) { return apply<mpfr_log1p>(x); }
Real tanh(const Real& x) { return apply<mpfr_tanh>(x); }
Real sqrt(const Real& x) { return apply<mpfr_sqrt>(x); }
Real abs(const Real& x) { return apply<mpfr_abs>(x); }
Real sigmoid(const Real& x) { return Real(1) / (Real(1) + exp(-x)); }
Real softplus(const Real& x) { return x < Real(0) ? log1p(exp(x)) : x + log1p(exp(-x)); }
Real elu(const Real& x) { return x < Real(0) ? expm1(x) : x; }
Real clamp(const Real& x, double low, double high) {
  return x < Real(low) ? Real(low) : Real(high) < x ? Real(high) : x;
}
Real digamma(const Real& x) { return apply<mpfr_digamma>(x); }
Real lgamma(const Real& x) {
  Real y;
  int sign = 0;
  mpfr_lgamma(y.get(), &sign, x.get(), MPFR_RNDN);
  return y;
}

std::vector<Function> elementary() {
  return {
      {"neg", OURS(rg::neg(x)), EXACT(-x), {}},
      {"abs", OURS(rg::abs(x)), EXACT(abs(x)), {.kinks = {0}}},
      {"square", OURS(rg::square(x)), EXACT(x * x), {}},
      {"reciprocal", OURS(rg::reciprocal(x)), EXACT(Real(1) / x), {}},
      {"sqrt", OURS(rg::sqrt(x)), EXACT(sqrt(x)), {.low = 0}},
      {"rsqrt", OURS(rg::rsqrt(x)), EXACT(Real(1) / sqrt(x)), {.low = 0}},
      {"exp", OURS(rg::exp(x)), EXACT(exp(x)), {.points = {88.72283935546875, 709.782712893384, -103.97, -745.13}}},
      {"exp2", OURS(rg::exp2(x)), EXACT(apply<mpfr_exp2>(x)), {.points = {128, 1024, -149, -1074}}},
      {"expm1", OURS(rg::expm1(x)), EXACT(expm1(x)), {.points = {0}}},
      {"log", OURS(rg::log(x)), EXACT(apply<mpfr_log>(x)), {.low = 0, .points = {1}}},
      {"log2", OURS(rg::log2(x)), EXACT(apply<mpfr_log2>(x)), {.low = 0, .points = {1}}},
      {"log10", OURS(rg::log10(x)), EXACT(apply<mpfr_log10>(x)), {.low = 0, .points = {1}}},
      {"log1p", OURS(rg::log1p(x)), EXACT(log1p(x)), {.low = -1, .points = {-1, 0}}},
      {"sin", OURS(rg::sin(x)), EXACT(apply<mpfr_sin>(x)), {.points = {0, kHalfPi, 2 * kHalfPi, 39000}}},
      {"cos", OURS(rg::cos(x)), EXACT(apply<mpfr_cos>(x)), {.points = {0, kHalfPi, 2 * kHalfPi, 39000}}},
      {"tan", OURS(rg::tan(x)), EXACT(apply<mpfr_tan>(x)), {.points = {0, kHalfPi}}},
      {"asin", OURS(rg::asin(x)), EXACT(apply<mpfr_asin>(x)), {.low = -1, .high = 1, .points = {-1, 0, 1}}},
      {"acos", OURS(rg::acos(x)), EXACT(apply<mpfr_acos>(x)), {.low = -1, .high = 1, .points = {-1, 0, 1}}},
      {"atan", OURS(rg::atan(x)), EXACT(apply<mpfr_atan>(x)), {.points = {0, 1}}},
      {"sinh", OURS(rg::sinh(x)), EXACT(apply<mpfr_sinh>(x)), {.points = {0, 89.4, 710.4}}},
      {"cosh", OURS(rg::cosh(x)), EXACT(apply<mpfr_cosh>(x)), {.points = {0, 89.4, 710.4}}},
      {"tanh", OURS(rg::tanh(x)), EXACT(tanh(x)), {.points = {0, 9, 20}}},
      {"asinh", OURS(rg::asinh(x)), EXACT(apply<mpfr_asinh>(x)), {.points = {0}}},
      {"acosh",
       OURS(rg::acosh(x)),
       EXACT(apply<mpfr_acosh>(x)),
       {.low = 1,
        .points = {1},
        .limit = {2, 4, 10},
        .reason = "the second derivative is x times the third power of a slope that three roundings made"}},
      {"atanh", OURS(rg::atanh(x)), EXACT(apply<mpfr_atanh>(x)), {.low = -1, .high = 1, .points = {-1, 0, 1}}},
  };
}

std::vector<Function> special() {
  return {
      {"erf", OURS(rg::erf(x)), EXACT(apply<mpfr_erf>(x)), {.low = -30, .high = 30, .points = {0}, .cost = 20}},
      {"erfc",
       OURS(rg::erfc(x)),
       EXACT(apply<mpfr_erfc>(x)),
       {.low = -30,
        .high = 30,
        .points = {0, 10.05, 26.54},
        .cost = 20,
        .limit = {2.5, 4, 8},
        .reason = "an exponential, a quotient and a polynomial follow one another"}},
      {"lgamma",
       OURS(rg::lgamma(x)),
       EXACT(lgamma(x)),
       {.low = 0,
        .high = 200,
        .points = {1, 2},
        .cost = 50,
        .roots = {{1, 1.3, 1.6, 0.5}},
        .limit = {2.5, 4, 8},
        .reason = "the C library's"}},
      {"lgamma (negative)",
       OURS(rg::lgamma(x)),
       EXACT(lgamma(x)),
       {.low = -50, .high = 0, .cost = 50, .limit = {3.5, 4, 8}, .reason = "the C library's"}},
      {"digamma",
       OURS(rg::digamma(x)),
       EXACT(digamma(x)),
       {.low = 0,
        .high = 200,
        .points = {1.4616321449683623},
        .cost = 50,
        .roots = {{0, 1.3, 1.6, 0.5}},
        .limit = {2, 5, 8},
        .reason = "the first derivative sums 15 terms in float64"}},
      {"digamma (negative)", OURS(rg::digamma(x)), EXACT(digamma(x)), {.low = -50, .high = 0, .cost = 50}},
  };
}

std::vector<Function> activations() {
  return {
      {"relu", OURS(rg::relu(x)), EXACT(clamp(x, 0, kInfinity)), {.kinks = {0}}},
      {"leaky_relu", OURS(rg::leaky_relu(x, 0.25)), EXACT(x < Real(0) ? x.scaled(-2) : x), {.kinks = {0}}},
      {"elu", OURS(rg::elu(x)), EXACT(elu(x)), {.kinks = {0}}},
      {"selu",
       OURS(rg::selu(x)),
       EXACT(Real(1.0507009873554804934193349852946) *
             (x < Real(0) ? Real(1.6732632423543772848170429916717) * expm1(x) : x)),
       {.kinks = {0},
        .limit = {3, 4, 8},
        .reason = "two products follow one another: where results are subnormal, each rounds by half a unit"}},
      {"sigmoid", OURS(rg::sigmoid(x)), EXACT(sigmoid(x)), {.points = {0, 17, 37, 40}}},
      {"hard_sigmoid",
       OURS(rg::hard_sigmoid(x)),
       EXACT(clamp((x + Real(3)) / Real(6), 0, 1)),
       {.points = {-3, 3}, .kinks = {-3, 3}}},
      {"log_sigmoid", OURS(rg::log_sigmoid(x)), EXACT(-softplus(-x)), {.points = {0, 17, 37}}},
      {"softplus", OURS(rg::softplus(x)), EXACT(softplus(x)), {.points = {0, 17, 37}}},
      {"softsign", OURS(rg::softsign(x)), EXACT(x / (Real(1) + abs(x))), {.kinks = {0}}},
      {"silu",
       OURS(rg::silu(x)),
       EXACT(x * sigmoid(x)),
       {.points = {0, 17, 37}, .roots = {{1, -1.6, -1.0, 0.1}, {2, -3, -2, 0.1}, {2, 2, 3, 0.1}}}},
      {"gelu",
       OURS(rg::gelu(x)),
       EXACT(x * apply<mpfr_erfc>(-x / sqrt(Real(2))).scaled(-1)),
       {.low = -40,
        .high = 40,
        .points = {0},
        .cost = 20,
        .roots = {{1, -1, -0.5, 0.3}, {2, -2, -1, 0.3}, {2, 1, 2, 0.3}},
        .limit = {3, 4.5, 8},
        .reason = "an exponential, a quotient and a polynomial follow one another"}},
      {"gelu (tanh)",
       OURS(rg::gelu(x, rg::GeluApproximation::tanh)),
       EXACT(x * sigmoid(Real(2) * sqrt(Real(2) / pi()) * (x + Real(44715) / Real(1000000) * x * x * x))),
       {.points = {0},
        .roots = {{1, -1, -0.5, 0.3}, {2, -2, -1, 0.3}, {2, 1, 2, 0.3}},
        .limit = {1500, 1500, 2e5},
        .reason = "the exponent is a rounded cubic of x, which counts as often as it is large: up to 90 times "
                  "in float32, "
                  "700 in float64, in the tails alone; the function itself is an approximation, off by 5e-4"}},
      {"mish",
       OURS(rg::mish(x)),
       EXACT(x * tanh(softplus(x))),
       {.points = {0, 17, 37},
        .roots = {{1, -1.5, -0.9, 0.1}, {2, -3, -1.8, 0.1}, {2, 1, 3, 0.1}},
        .limit = {2, 4, 10},
        .reason = "nine rounded factors follow one another in the second derivative"}},
  };
}

std::vector<Function> rounding() {
  return {
      {"floor", OURS(rg::floor(x)), EXACT(apply<mpfr_rint_floor>(x)), {.points = {1}, .orders = 1}},
      {"ceil", OURS(rg::ceil(x)), EXACT(apply<mpfr_rint_ceil>(x)), {.points = {1}, .orders = 1}},
      {"round", OURS(rg::round(x)), EXACT(apply<mpfr_rint_roundeven>(x)), {.points = {0.5, 1.5}, .orders = 1}},
      {"trunc", OURS(rg::trunc(x)), EXACT(apply<mpfr_rint_trunc>(x)), {.points = {1}, .orders = 1}},
      {"clip", OURS(rg::clip(x, -1.0, 1.0)), EXACT(clamp(x, -1, 1)), {.points = {-1, 1}, .kinks = {-1, 1}}},
  };
}

std::vector<Function> binary() {
  return {
      {"add", OURS(x + y), EXACT(x + y), {.has_second_argument = true}},
      {"sub", OURS(x - y), EXACT(x - y), {.has_second_argument = true}},
      {"mul", OURS(x * y), EXACT(x * y), {.has_second_argument = true}},
      {"div", OURS(x / y), EXACT(x / y), {.has_second_argument = true}},
      {"div (divisor)",
       OURS(y / x),
       EXACT(y / x),
       {.has_second_argument = true,
        .limit = {2, 5e5, 2e9},
        .reason =
            "where the quotient a/b is a subnormal number its rounding counts 1/b times, in the second derivative "
            "the square of it; elsewhere within the goal"}},
      {"pow",
       OURS(rg::pow(x, y)),
       EXACT(apply<mpfr_pow>(x, y)),
       {.low = 0, .points = {1}, .has_second_argument = true}},
      {"pow (exponent)",
       OURS(rg::pow(rg::abs(y), x)),
       EXACT(apply<mpfr_pow>(abs(y), x)),
       {.points = {0, 1},
        .has_second_argument = true,
        .limit = {2, 400, 3e5},
        .reason = "where the power is a subnormal number its rounding counts ln a times, in the second derivative the "
                  "square of it; elsewhere within the goal"}},
      {"atan2",
       OURS(rg::atan2(x, y)),
       EXACT(apply<mpfr_atan2>(x, y)),
       {.kinks = {0},
        .has_second_argument = true,
        .limit = {2, 5e5, 2e9},
        .reason = "as of the divisor of a quotient, which its derivatives are made of"}},
      {"atan2 (abscissa)",
       OURS(rg::atan2(y, x)),
       EXACT(apply<mpfr_atan2>(y, x)),
       {.has_second_argument = true,
        .limit = {2, 5e5, 2e9},
        .reason = "as of the divisor of a quotient, which its derivatives are made of"}},
      {"fmod", OURS(rg::fmod(x, y)), EXACT(apply<mpfr_fmod>(x, y)), {.has_second_argument = true, .orders = 1}},
  };
}

}  // namespace

std::span<const Function> all_functions() {
  static const std::vector<Function> all = [] {
    std::vector<Function> list;
    for (const auto& family : {elementary(), special(), activations(), rounding(), binary()})
      list.insert(list.end(), family.begin(), family.end());
    return list;
  }();
  return all;
}
