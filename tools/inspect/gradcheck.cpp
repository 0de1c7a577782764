#include "gradcheck.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/tape/tape.h"
#include "../../core/tensor/format.h"
#include "../../ops/elementwise/arithmetic.h"
#include "../../ops/reduction/reductions.h"

namespace retrograd::tools {

namespace {

using Tensors = std::vector<Tensor>;
using Values = std::vector<double>;

// Aliases of the inputs, watched by the tape.
Tensors watched_aliases(Tape& tape, const Tensors& inputs) {
  Tensors x;
  for (const Tensor& input : inputs) {
    x.push_back(alias(input));
    tape.watch(x.back());
  }
  return x;
}

// The gradient of a scalar function with respect to each input; recorded where a tape is open.
Tensors gradient_of(FunctionRef<Tensor(const Tensors&)> f, const Tensors& inputs) {
  Tape tape;
  const Tensors x = watched_aliases(tape, inputs);
  const Gradients gradients = tape.gradients_or_none(f(x));
  Tensors out;
  for (const Tensor& one : x) out.push_back(gradients.get_or_zeros(one));
  return out;
}

// The derivatives of each element of f's value with respect to each input: row i is the gradient of element i.
std::vector<std::vector<Values>> jacobians_of(FunctionRef<Tensor(const Tensors&)> f, const Tensors& inputs) {
  Tape tape(persistent);
  const Tensors x = watched_aliases(tape, inputs);
  const Tensor y = f(x);
  std::vector<std::vector<Values>> rows(inputs.size());
  for (std::int64_t i = 0; i < y.size(); ++i) {
    Tensor unit = zeros(y.shape(), y.dtype());
    unit.mutable_data<double>()[i] = 1;
    const Gradients gradients = tape.gradients_or_none(y, unit);
    for (std::size_t input = 0; input < x.size(); ++input)
      rows[input].push_back(gradients.get_or_zeros(x[input]).to_vector<double>());
  }
  return rows;
}

// Central differences along a direction, for each element of the value: (8(f₁ − f₋₁) − (f₂ − f₋₂)) / 12h, with error
// O(h⁴). If the slopes on both sides differ by far more than that, the function is either steep, or has a kink between
// the points and thus no derivative to compare with.
struct Differences {
  Values slopes;
  std::vector<bool> kinks;
};
Differences differences_at(FunctionRef<Tensor(const Tensors&)> f, const Tensors& inputs, std::size_t input,
                           const Values& direction, double h) {
  const Values center = inputs[input].to_vector<double>();
  const auto at = [&](double shift) {
    Values moved = center;
    for (std::size_t i = 0; i < moved.size(); ++i) moved[i] += shift * direction[i];
    Tensors x = inputs;
    x[input] = tensor(moved, inputs[input].shape(), float64);
    return f(x).to_vector<double>();
  };
  const Values f0 = at(0), f1 = at(h), g1 = at(-h), f2 = at(2 * h), g2 = at(-2 * h);
  Differences out;
  for (std::size_t k = 0; k < f0.size(); ++k) {
    out.slopes.push_back((8 * (f1[k] - g1[k]) - (f2[k] - g2[k])) / (12 * h));
    // One-sided slopes of second order; for a smooth function they differ by O(h²).
    const double right = (4 * f1[k] - f2[k] - 3 * f0[k]) / (2 * h), left = (3 * f0[k] - 4 * g1[k] + g2[k]) / (2 * h);
    out.kinks.push_back(std::abs(right - left) > 1e-2 * std::max({1.0, std::abs(right), std::abs(left)}));
  }
  return out;
}

// Repeats with smaller steps where the sides disagree: they converge for a steep function, but not for a kink at this
// very point.
Differences differences(FunctionRef<Tensor(const Tensors&)> f, const Tensors& inputs, std::size_t input,
                        const Values& direction, double h) {
  Differences out = differences_at(f, inputs, input, direction, h);
  for (double smaller : {h / 10, h / 100}) {
    if (std::find(out.kinks.begin(), out.kinks.end(), true) == out.kinks.end()) break;
    const Differences closer = differences_at(f, inputs, input, direction, smaller);
    for (std::size_t k = 0; k < out.kinks.size(); ++k) {
      if (!out.kinks[k]) continue;
      out.kinks[k] = closer.kinks[k];
      out.slopes[k] = closer.slopes[k];
    }
  }
  return out;
}

// Inputs with up to this many elements are perturbed element by element, larger ones along a few random directions.
constexpr std::int64_t kMostElements = 64;
constexpr std::int64_t kDirections = 8;

// Compares the derivatives of f, a row for each element of its value, with differences.
GradcheckLine check_input(FunctionRef<Tensor(const Tensors&)> f, const Tensors& inputs,
                          const std::vector<Values>& analytic, std::size_t input, int order,
                          const GradcheckOptions& options, Rng& rng) {
  GradcheckLine line{order, input, -1, 0, 0, 0, 0, options.tolerance * std::pow(100, order - 1)};
  double scale = 1;
  for (const Values& row : analytic)
    for (double slope : row) scale = std::max(scale, std::abs(slope));
  const std::int64_t size = inputs[input].size();
  const bool one_by_one = size <= kMostElements;
  const Values center = inputs[input].to_vector<double>();
  for (std::int64_t i = 0; i < (one_by_one ? size : kDirections); ++i) {
    Values direction(static_cast<std::size_t>(size), 0.0);
    double h = options.step;
    if (one_by_one) {
      direction[static_cast<std::size_t>(i)] = 1;
      h *= std::max(1.0, std::abs(center[static_cast<std::size_t>(i)]));
    } else {
      direction = normal({size}, 0, 1 / std::sqrt(static_cast<double>(size)), rng, float64).to_vector<double>();
    }
    const Differences numeric = differences(f, inputs, input, direction, h);
    for (std::size_t k = 0; k < analytic.size(); ++k) {
      if (numeric.kinks[k]) {
        ++line.kinks;
        continue;
      }
      double slope = 0;
      for (std::size_t e = 0; e < direction.size(); ++e)
        if (direction[e] != 0) slope += direction[e] * analytic[k][e];
      const double error = std::abs(slope - numeric.slopes[k]) / scale;
      if (line.element >= 0 && error <= line.error) continue;
      line.element = i;
      line.analytic = slope;
      line.numeric = numeric.slopes[k];
      line.error = std::isnan(error) ? INFINITY : error;
    }
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
    if (line.kinks > 0) text += fmt::format("; {} at a kink, skipped", line.kinks);
  }
  return text;
}

}  // namespace retrograd::tools

namespace retrograd::detail {

using tools::GradcheckReport;

void fail_gradcheck_arity(std::size_t inputs) {
  fail("gradcheck: the function cannot be called with {} tensors", inputs);
}

GradcheckReport gradcheck(Checked f, const std::vector<Tensor>& inputs, const tools::GradcheckOptions& options) {
  if (inputs.empty()) fail("gradcheck: expects at least one input");
  if (options.order < 1 || options.order > 3) fail("gradcheck: the order must be 1, 2 or 3, got {}", options.order);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i].dtype() != float64)
      fail<DtypeError>("gradcheck: input {} must be float64, got {}", i, inputs[i].dtype());
  Rng rng(options.seed);
  // Weights of one sign would hide errors that cancel (every softmax gradient sums to zero); these are drawn from
  // ±[0.5, 1.5).
  const auto projection = [&](const Shape& shape) {
    const Tensor size = uniform(shape, 0.5, 1.5, rng, float64), side = uniform(shape, -1, 1, rng, float64);
    return size * sign(side);
  };
  std::vector<std::vector<Tensor>> directions;  // for the orders below the one being checked
  Tensor weights;
  std::int64_t elements = 0, outputs = 0;
  {
    const NoTape compute_only;
    const Tensor y = f(inputs);
    weights = projection(y.shape());
    outputs = y.size();
    for (const Tensor& x : inputs) elements += x.size();
  }
  GradcheckReport report;
  // Small Jacobians are compared in full; otherwise, and for higher derivatives, random projections are.
  if (outputs * elements <= options.whole_jacobian) {
    const auto value = [&](const std::vector<Tensor>& x) { return f(x); };
    const auto jacobians = tools::jacobians_of(value, inputs);
    for (std::size_t i = 0; i < inputs.size(); ++i)
      report.lines.push_back(tools::check_input(value, inputs, jacobians[i], i, 1, options, rng));
  }
  // Order 0 is Σ weights·f; order k is the slope of order k−1 along a random direction.
  const auto projected = [&](const auto& self, int order, const std::vector<Tensor>& x) -> Tensor {
    if (order == 0) return sum(f(x) * weights);
    const std::vector<Tensor> gradient =
        tools::gradient_of([&](const std::vector<Tensor>& v) { return self(self, order - 1, v); }, x);
    const std::vector<Tensor>& along = directions[static_cast<std::size_t>(order - 1)];
    Tensor total = sum(gradient[0] * along[0]);
    for (std::size_t i = 1; i < x.size(); ++i) total = total + sum(gradient[i] * along[i]);
    return total;
  };
  for (int order = report.lines.empty() ? 1 : 2; order <= options.order; ++order) {
    while (static_cast<int>(directions.size()) < order - 1) {
      directions.emplace_back();
      for (const Tensor& x : inputs) directions.back().push_back(projection(x.shape()));
    }
    const auto value = [&](const std::vector<Tensor>& x) { return projected(projected, order - 1, x); };
    const std::vector<Tensor> gradient = tools::gradient_of(value, inputs);
    for (std::size_t i = 0; i < inputs.size(); ++i)
      report.lines.push_back(
          tools::check_input(value, inputs, {gradient[i].to_vector<double>()}, i, order, options, rng));
  }
  return report;
}

}  // namespace retrograd::detail
