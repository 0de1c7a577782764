#include "activations.h"

#include <fmt/core.h>
#include <retrograd/core/compute/creation.h>
#include <retrograd/core/tape/tape.h>
#include <retrograd/ops/elementwise/activations.h>
#include <retrograd/ops/elementwise/arithmetic.h>
#include <retrograd/ops/elementwise/rectifiers.h>
#include <retrograd/ops/reduction/reductions.h>

#include <string>

namespace retrograd::experiments {
namespace {

using Function = Tensor (*)(const Tensor&);

Points joined(const Tensor& x, const Tensor& y) {
  const std::vector<double> from = x.to_vector<double>(), to = y.to_vector<double>();
  Points points;
  for (std::size_t i = 0; i < from.size(); ++i) points.emplace_back(from[i], to[i]);
  return points;
}

Figure figure(const std::string& file, const std::string& title, double reach, Range range, Function function) {
  const Tensor x = (arange(401, float64) - 200) * (reach / 200);
  Tape tape;
  tape.watch(x);
  const Tensor y = function(x);
  const Tensor slope = tape.gradients(sum(y))[x];
  return {file,
          fmt::format("{}{}{}set title '{}' font ',15'\nset xlabel 'x'\nset ylabel 'y'\nset xrange [{}:{}]\nset yrange "
                      "[{}:{}]\nset key top left\nplot $value with lines linewidth 2.5 linecolor '#08519c' title 'y', "
                      "$slope with lines linewidth 1.5 dashtype '-' linecolor '#a63603' title 'dy/dx'\n",
                      plot_style(560, 400), data_block("value", joined(x, y)), data_block("slope", joined(x, slope)),
                      title, -reach, reach, range.low, range.high)};
}

}  // namespace

std::vector<Figure> activation_figures() {
  return {figure("figure_2_1.svg", "Figure 2.1   ReLU activation function", 4, {-0.5, 4.2},
                 [](const Tensor& x) { return relu(x); }),
          figure("figure_2_2.svg", "Figure 2.2   Sigmoid activation function", 8, {-0.05, 1.05},
                 [](const Tensor& x) { return sigmoid(x); })};
}

}  // namespace retrograd::experiments
