#include "../reference.h"

#include <cmath>
#include <numbers>

namespace retrograd::tests {

namespace {

// Everything here as its definition has it, in more digits than the library has; where a factor is infinite and the
// other vanishes, the limit.
double times(double x, long double factor) { return factor == 0 ? std::copysign(0.0, x) : double(x * factor); }

double log_sigmoid_of(double x) {
  return x < 0 ? x - double(std::log1p(std::exp((long double)(x)))) : -double(std::log1p(std::exp(-(long double)(x))));
}
double silu_of(double x) { return times(x, 1 / (1 + std::exp(-(long double)(x)))); }
double gelu_of(double x) { return times(x, std::erfc(-x / std::numbers::sqrt2_v<long double>) / 2); }
double gelu_tanh_of(double x) {
  const long double u = std::sqrt(2 / std::numbers::pi_v<long double>) * (x + 0.044715L * x * x * x);
  return times(x, 1 / (1 + std::exp(-2 * u)));
}
double mish_of(double x) { return times(x, std::tanh(std::log1p(std::exp((long double)(x))))); }
double softsign_of(double x) { return std::isinf(x) ? std::copysign(1.0, x) : x / (1 + std::abs(x)); }
double elu_of(double x) { return x > 0 ? x : std::expm1(x); }
double hard_sigmoid_of(double x) { return std::isnan(x) ? x : std::min(1.0, std::max(0.0, (x + 3) / 6)); }

// Where the function bends.
const Sample kAtZero{{{3}}, 0, 0, true};

std::vector<Row> smooth_rows() {
  return {
      smooth("tanh", tanh, std::tanh),
      smooth("sigmoid", sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }),
      smooth("log_sigmoid", log_sigmoid, log_sigmoid_of),
      smooth("softplus", softplus, [](double x) { return -log_sigmoid_of(-x); }),
      unary("softsign", softsign, softsign_of),
      named("softsign(right of the bend of its slope)", smooth("softsign", softsign, softsign_of, within(0.1, 3))),
      smooth("silu", silu, silu_of),
      smooth(
          "gelu", [](const Tensor& x) { return gelu(x); }, gelu_of),
      named("gelu(tanh)", smooth(
                              "gelu", [](const Tensor& x) { return gelu(x, GeluApproximation::tanh); }, gelu_tanh_of)),
      smooth("mish", mish, mish_of),
  };
}

std::vector<Row> rectifier_rows() {
  std::vector<Row> rows = {
      unary("relu", relu, [](double x) { return x <= 0 ? 0 : x; }),
      unary(
          "leaky_relu", [](const Tensor& x) { return leaky_relu(x); }, [](double x) { return x > 0 ? x : 0.01 * x; }),
      named("leaky_relu(slope -0.5)", unary(
                                          "leaky_relu", [](const Tensor& x) { return leaky_relu(x, -0.5); },
                                          [](double x) { return x > 0 ? x : -0.5 * x; })),
      unary(
          "elu", [](const Tensor& x) { return elu(x); }, elu_of),
      named("elu(alpha 0.3)", unary(
                                  "elu", [](const Tensor& x) { return elu(x, 0.3); },
                                  [](double x) { return x > 0 ? x : 0.3 * std::expm1(x); })),
      named("elu(left of the bend of its slope)",
            smooth(
                "elu", [](const Tensor& x) { return elu(x, 2); },
                [](double x) { return x > 0 ? x : 2 * std::expm1(x); }, within(-3, -0.1))),
      unary("selu", selu,
            [](double x) { return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * std::expm1(x)); }),
      unary("hard_sigmoid", hard_sigmoid, hard_sigmoid_of),
      named("hard_sigmoid(whole range)", unary("hard_sigmoid", hard_sigmoid, hard_sigmoid_of, within(-6, 6))),
  };
  for (Row& row : rows)
    if (row.name == "leaky_relu" || row.name == "elu(alpha 0.3)" || row.name == "selu") row.samples.push_back(kAtZero);
  rows.back().samples.push_back({{{3}}, 3, 3, true});
  return rows;
}

}  // namespace

std::vector<Row> activation_rows() {
  std::vector<Row> rows = smooth_rows();
  for (Row& row : rectifier_rows()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace retrograd::tests
