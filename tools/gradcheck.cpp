#include "gradcheck.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "../core/creation.h"
#include "../core/error.h"
#include "../core/fields.h"
#include "../core/format.h"
#include "../core/tape.h"
#include "../ops/arithmetic.h"
#include "../ops/reductions.h"

namespace retrograd::tools {

namespace {

using Tensors = std::vector<Tensor>;

// The gradient of sum(weights · f(x)) with respect to each input; recorded where a tape is open.
Tensors projected_gradient(detail::Checked f, const Tensors& inputs, const Tensor& weights) {
  Tape tape;
  Tensors x;
  for (const Tensor& input : inputs) {
    x.push_back(alias(input));
    tape.watch(x.back());
  }
  const Gradients gradients = tape.gradients_or_none(sum(f(x) * weights));
  Tensors out;
  for (const Tensor& one : x) out.push_back(gradients.get_or_zeros(one));
  return out;
}

// Central differences of a scalar function along one element: (8(f₁ − f₋₁) − (f₂ − f₋₂)) / 12h, with error O(h⁴). Where
// the slopes on the two sides disagree far beyond that, there is a kink between the points, and no derivative to
// compare with.
struct Difference {
  double slope;
  bool kink;
};
Difference difference(FunctionRef<double(const Tensors&)> f, const Tensors& inputs, std::size_t input,
                      std::int64_t element, double relative_step) {
  Tensors x = inputs;
  const double centre = detail::packed(inputs[input]).data<double>()[element];
  const double h = relative_step * std::max(1.0, std::abs(centre));
  const auto at = [&](double shift) {
    x[input] = detail::copy_values(inputs[input]);
    x[input].mutable_data<double>()[element] = centre + shift;
    return f(x);
  };
  const double f0 = at(0), f1 = at(h), g1 = at(-h), f2 = at(2 * h), g2 = at(-2 * h);
  const double slope = (8 * (f1 - g1) - (f2 - g2)) / (12 * h);
  // One-sided slopes of second order; of a smooth function they differ by O(h²).
  const double right = (4 * f1 - f2 - 3 * f0) / (2 * h), left = (3 * f0 - 4 * g1 + g2) / (2 * h);
  const double scale = std::max({1.0, std::abs(right), std::abs(left)});
  return {slope, std::abs(right - left) > 1e-2 * scale};
}

GradcheckLine check_input(FunctionRef<double(const Tensors&)> f, const Tensors& inputs, const Tensor& analytic,
                          std::size_t input, int order, const GradcheckOptions& options) {
  GradcheckLine line{order, input, -1, 0, 0, 0, 0, options.tolerance * (order == 1 ? 1 : 100)};
  const std::vector<double> slopes = analytic.to_vector<double>();
  double scale = 1;
  for (double slope : slopes) scale = std::max(scale, std::abs(slope));
  for (std::int64_t i = 0; i < inputs[input].size(); ++i) {
    const Difference numeric = difference(f, inputs, input, i, options.step);
    if (numeric.kink) {
      ++line.kinks;
      continue;
    }
    const double slope = slopes[static_cast<std::size_t>(i)], error = std::abs(slope - numeric.slope) / scale;
    if (line.element >= 0 && error <= line.error) continue;
    line.element = i;
    line.analytic = slope;
    line.numeric = numeric.slope;
    line.error = std::isnan(error) ? INFINITY : error;
  }
  return line;
}

}  // namespace

bool GradcheckReport::passed() const {
  return std::all_of(lines.begin(), lines.end(), [](const GradcheckLine& line) {
    return line.error <= line.tolerance && (line.element >= 0 || line.kinks == 0);
  });
}

std::string to_string(const GradcheckReport& report) {
  std::string text = fmt::format("gradcheck {}", report.passed() ? "passed" : "FAILED");
  for (const GradcheckLine& line : report.lines) {
    text += fmt::format("\n  order {}  input {}  largest relative error {:.1e} (allowed {:.0e})", line.order,
                        line.input, line.error, line.tolerance);
    if (line.element >= 0)
      text += fmt::format(" at element {}: analytic {:.9g}, numeric {:.9g}", line.element, line.analytic, line.numeric);
    if (line.kinks > 0) text += fmt::format("; {} at a kink, left out", line.kinks);
  }
  return text;
}

}  // namespace retrograd::tools

namespace retrograd::detail {

using tools::GradcheckReport;

void fail_gradcheck_arity(std::size_t inputs) { fail("gradcheck: the function does not take {} tensors", inputs); }

GradcheckReport gradcheck(Checked f, const std::vector<Tensor>& inputs, const tools::GradcheckOptions& options) {
  if (inputs.empty()) fail("gradcheck: needs at least one input");
  if (options.order < 1 || options.order > 2) fail("gradcheck: the order must be 1 or 2, got {}", options.order);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i].dtype() != float64)
      fail<DtypeError>("gradcheck: input {} must be float64, got {}", i, inputs[i].dtype());
  Rng rng(options.seed);
  // Weights of one sign would hide errors that cancel (every softmax gradient sums to zero); these are from
  // ±[0.5, 1.5).
  const auto projection = [&](const Shape& shape) {
    const Tensor size = uniform(shape, 0.5, 1.5, rng, float64), side = uniform(shape, -1, 1, rng, float64);
    return size * sign(side);
  };
  Tensor weights;
  {
    const NoTape compute_only;
    weights = projection(f(inputs).shape());
  }
  GradcheckReport report;
  const auto value = [&](const std::vector<Tensor>& x) {
    const NoTape compute_only;
    return sum(f(x) * weights).item<double>();
  };
  const std::vector<Tensor> first = tools::projected_gradient(f, inputs, weights);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    report.lines.push_back(tools::check_input(value, inputs, first[i], i, 1, options));
  if (options.order == 1) return report;

  std::vector<Tensor> directions;
  for (const Tensor& x : inputs) directions.push_back(projection(x.shape()));
  const auto slope_along = [&](const std::vector<Tensor>& x) {
    const std::vector<Tensor> gradient = tools::projected_gradient(f, x, weights);
    Tensor total = sum(gradient[0] * directions[0]);
    for (std::size_t i = 1; i < x.size(); ++i) total = total + sum(gradient[i] * directions[i]);
    return total;
  };
  const auto slope_value = [&](const std::vector<Tensor>& x) { return slope_along(x).item<double>(); };
  const std::vector<Tensor> second = tools::projected_gradient(
      [&](const std::vector<Tensor>& x) { return slope_along(x); }, inputs, ones({}, float64));
  for (std::size_t i = 0; i < inputs.size(); ++i)
    report.lines.push_back(tools::check_input(slope_value, inputs, second[i], i, 2, options));
  return report;
}

}  // namespace retrograd::detail
