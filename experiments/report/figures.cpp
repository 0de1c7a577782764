#include "figures.h"

#include <fmt/core.h>

#include <algorithm>

#include "wording.h"

namespace retrograd::experiments {
namespace {

constexpr std::size_t kBuckets = 900;  // of the raw points: more than two per pixel would not be visible
constexpr std::size_t kMeans = 600;
constexpr const char* kLossColor = "#08519c";
constexpr const char* kLossRaw = "#b5d1ea";
constexpr const char* kAccuracyColor = "#a63603";
constexpr const char* kAccuracyRaw = "#f9cfa9";

const char* loss_label(Loss loss) {
  return loss == Loss::cross_entropy ? "loss (nats)" : "loss (half squared distance)";
}

std::string heading(int figure, const Outcome& outcome, Digits dataset) {
  return fmt::format("Figure 3.{}   {}: {}{}, seed {}", figure, outcome.which->name, describe(*outcome.which),
                     dataset == Digits::fashion ? ", Fashion-MNIST" : "", outcome.seed);
}

std::string file_name(int figure) { return fmt::format("figure_3_{:02}.svg", figure); }

std::string open_pair(const std::string& title, const char* x_label, std::size_t last_x) {
  return fmt::format(
      "{}set multiplot layout 1,2 title '{}' font ',15' offset 0,-0.2\nset xlabel '{}' offset 0,0.7\nset xrange "
      "[0:{}]\n"
      "set format x '%.0f'\nset xtics autofreq\nset key bmargin center horizontal maxrows 1 samplen 2\n",
      plot_style(1040, 440), title, x_label, std::max<std::size_t>(last_x, 1));
}

/// One panel of a train figure: every batch in a light color, the running mean in a strong one.
std::string train_panel(const std::vector<float>& values, std::size_t window, const char* color, const char* raw_color,
                        const std::string& axis) {
  const Points raw = numbered(values);
  return data_block("raw", thinned_extremes(raw, kBuckets)) +
         data_block("mean", thinned(running_mean(raw, window), kMeans)) + axis +
         fmt::format(
             "plot $raw with lines linewidth 0.6 linecolor '{}' title 'each batch', $mean with lines "
             "linewidth 2 linecolor '{}' title 'mean of {} batches'\n",
             raw_color, color, window);
}

Figure train_figure(const Outcome& outcome, Digits dataset) {
  const Curves& curves = outcome.curves;
  // The mean over an epoch, or over a twentieth of the run if that is shorter.
  const std::size_t iterations = curves.train_loss.size();
  const std::size_t window =
      std::max<std::size_t>(1, std::min(iterations / curves.test_loss.size(), (iterations + 19) / 20));
  const int number = outcome.which->train_figure;
  const Range loss = y_range(numbered(curves.train_loss), 0.001);
  const Range accuracy = y_range(numbered(curves.train_accuracy), 0.01);
  std::string script = open_pair(heading(number, outcome, dataset), "iteration", iterations);
  script += "set title 'train loss'\n" + train_panel(curves.train_loss, window, kLossColor, kLossRaw,
                                                     loss_axis(loss, loss_label(outcome.which->loss)));
  script += "set title 'train accuracy'\n" +
            train_panel(curves.train_accuracy, window, kAccuracyColor, kAccuracyRaw, accuracy_axis(accuracy));
  return {file_name(number), script + "unset multiplot\n"};
}

/// One panel of a test figure, with its best epoch marked.
std::string test_panel(const std::vector<double>& values, std::size_t best, const char* word, const char* color,
                       const std::string& axis) {
  const Points points = numbered(values);
  return data_block("curve", thinned(points, kMeans)) + data_block("best", {points[best]}) + axis +
         fmt::format(
             "plot $curve with {} linewidth 2 linecolor '{}' title 'last epoch {}', $best with points "
             "pointtype 6 pointsize 1 linewidth 2 linecolor '#000000' title '{} {} (epoch {})'\n",
             values.size() <= 40 ? "linespoints pointtype 7 pointsize 0.4" : "lines", color, decimal(values.back()),
             word, decimal(values[best]), best + 1);
}

Figure test_figure(const Outcome& outcome, Digits dataset) {
  const std::vector<double>&loss = outcome.curves.test_loss, &accuracy = outcome.curves.test_accuracy;
  const auto lowest = static_cast<std::size_t>(std::min_element(loss.begin(), loss.end()) - loss.begin());
  const int number = outcome.which->test_figure;
  std::string script = open_pair(heading(number, outcome, dataset), "epoch", loss.size());
  script +=
      "set title 'test loss'\n" + test_panel(loss, lowest, "minimum", kLossColor,
                                             loss_axis(y_range(numbered(loss), 0), loss_label(outcome.which->loss)));
  script += "set title 'test accuracy'\n" + test_panel(accuracy, outcome.best_epoch() - 1, "best", kAccuracyColor,
                                                       accuracy_axis(y_range(numbered(accuracy), 0)));
  return {file_name(number), script + "unset multiplot\n"};
}

/// Color by activation and loss, dashes by depth, so that the lines can also be told apart by their dashes.
std::string line_style(const Case& which) {
  const bool relu = which.activation == Activation::relu;
  const char* color = which.loss == Loss::euclidean ? (relu ? "#0072b2" : "#56b4e9") : (relu ? "#d55e00" : "#e69f00");
  return fmt::format("linewidth 2 linecolor '{}' dashtype {}", color, which.hidden_layers == 1 ? "'-'" : "1");
}

std::string block_of(const Case& which) { return fmt::format("case_{}", which.name); }

/// Error, 1 - accuracy, on a logarithmic axis labeled with the accuracy: the last percent gets as much room as the
/// first ninety.
double error_of(double accuracy) { return std::max(1 - accuracy, 1e-4); }

std::string error_axis(Range range) {
  std::vector<std::pair<std::string, double>> ticks;
  for (double accuracy : {0.9,  0.99, 0.5,  0.95, 0.98, 0.8, 0.999,  0.97,  0.96,  0.975, 0.985,
                          0.85, 0.7,  0.87, 0.89, 0.93, 0.2, 0.9999, 0.995, 0.998, 0.0}) {
    ticks.emplace_back(fmt::format("{}", accuracy), error_of(accuracy));
  }
  const Range wider{range.low / 1.05, range.high * 1.05};
  return fmt::format(
      "set logscale y\nset yrange [{}:{}]\n{}set ylabel 'accuracy (fraction), log scale of its distance from "
      "1'\n",
      wider.high, wider.low, log_ticks(ticks, wider));
}

const char* suffix(Digits dataset) { return dataset == Digits::fashion ? ", Fashion-MNIST" : ""; }

Figure accuracy_comparison(const std::vector<const Outcome*>& outcomes, Digits dataset) {
  std::string script = plot_style(1040, 620);
  std::vector<std::string> plots;
  Points all;
  std::size_t epochs = 1;
  for (const Outcome* one : outcomes) {
    Points points = numbered(one->curves.test_accuracy);
    for (auto& point : points) point.second = error_of(point.second);
    all.insert(all.end(), points.begin(), points.end());
    epochs = std::max(epochs, points.size());
    script += data_block(block_of(*one->which), thinned(points, kMeans));
    plots.push_back(fmt::format("${} with {} {} title '{}   {}'", block_of(*one->which),
                                points.size() == 1 ? "points pointtype 7" : "lines", line_style(*one->which),
                                one->which->name, decimal(one->accuracy())));
  }
  script += fmt::format(
      "set title 'Test accuracy of all cases{}' font ',15'\nset xlabel 'epoch'\nset xrange [0:{}]\n"
      "set key outside right center samplen 4 title 'case, last epoch'\n{}plot {}\n",
      suffix(dataset), epochs, error_axis(y_range(all, 0)), joined(plots, ", \\\n  "));
  return {"all_test_accuracy.svg", script};
}

std::string loss_panel(const std::vector<const Outcome*>& outcomes, Loss loss) {
  std::string blocks;
  std::vector<std::string> plots;
  Points all;
  std::size_t epochs = 1;
  for (const Outcome* one : outcomes) {
    if (one->which->loss != loss) continue;
    const Points points = numbered(one->curves.test_loss);
    all.insert(all.end(), points.begin(), points.end());
    epochs = std::max(epochs, points.size());
    blocks += data_block(block_of(*one->which), thinned(points, kMeans));
    plots.push_back(fmt::format("${} with {} {} title '{}   {}'", block_of(*one->which),
                                points.size() == 1 ? "points pointtype 7" : "lines", line_style(*one->which),
                                one->which->name, decimal(one->loss())));
  }
  if (plots.empty()) return "";
  return blocks + fmt::format("set title '{}'\nset xrange [0:{}]\n{}plot {}\n",
                              loss == Loss::euclidean ? "Euclidean loss" : "softmax cross-entropy", epochs,
                              loss_axis(y_range(all, 0), loss_label(loss)), joined(plots, ", \\\n  "));
}

Figure loss_comparison(const std::vector<const Outcome*>& outcomes, Digits dataset) {
  const std::string left = loss_panel(outcomes, Loss::euclidean), right = loss_panel(outcomes, Loss::cross_entropy);
  const int panels = (left.empty() ? 0 : 1) + (right.empty() ? 0 : 1);
  return {"all_test_loss.svg",
          fmt::format("{}set multiplot layout 1,{} title 'Test loss by loss function{}' font ',15' offset 0,-0.2\n"
                      "set xlabel 'epoch' offset 0,0.7\nset key bmargin center horizontal maxrows 2 samplen "
                      "4\n{}{}unset multiplot\n",
                      plot_style(520 * panels, 500), panels, suffix(dataset), left, right)};
}

}  // namespace

std::vector<Figure> case_figures(const Outcome& outcome, Digits dataset) {
  return {train_figure(outcome, dataset), test_figure(outcome, dataset)};
}

std::vector<Figure> comparison_figures(const std::vector<const Outcome*>& outcomes, Digits dataset) {
  if (outcomes.empty()) return {};
  return {accuracy_comparison(outcomes, dataset), loss_comparison(outcomes, dataset)};
}

}  // namespace retrograd::experiments
