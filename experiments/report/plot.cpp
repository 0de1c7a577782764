#include "plot.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "wording.h"

namespace retrograd::experiments {
namespace {

/// Adds a margin on either side, so that no curve touches the frame and no range is empty.
Range widened(Range range) {
  const double span = range.high - range.low;
  const double margin = span > 0 ? 0.04 * span : std::max(0.05 * std::abs(range.high), 1e-6);
  return {range.low - margin, range.high + margin};
}

}  // namespace

std::string plot_style(int width, int height) {
  return fmt::format(
      "set encoding utf8\n"
      "set terminal svg size {},{} font 'sans-serif,13' noenhanced background '#ffffff' dashlength 0.7\n"
      "set border 3 linecolor '#555555'\n"
      "set tics nomirror out scale 0.5\n"
      "set grid linecolor '#e4e4e4' linewidth 1 linetype 1\n"
      "set key samplen 2 spacing 1.1\n",
      width, height);
}

std::string data_block(const std::string& name, const Points& points) {
  std::string text = fmt::format("${} << END\n", name);
  for (const auto& [x, y] : points) text += fmt::format("{:.7g} {:.5g}\n", x, y);
  return text + "END\n";
}

Points thinned_extremes(const Points& points, std::size_t buckets) {
  if (points.size() <= 2 * buckets) return points;
  Points kept;
  const auto lower = [](const auto& a, const auto& b) { return a.second < b.second; };
  for (std::size_t i = 0; i < buckets; ++i) {
    const auto first = points.begin() + static_cast<std::ptrdiff_t>(i * points.size() / buckets);
    const auto last = points.begin() + static_cast<std::ptrdiff_t>((i + 1) * points.size() / buckets);
    auto low = std::min_element(first, last, lower);
    auto high = std::max_element(first, last, lower);
    if (high < low) std::swap(low, high);
    kept.push_back(*low);
    if (high != low) kept.push_back(*high);
  }
  return kept;
}

Points thinned(const Points& points, std::size_t most) {
  if (points.size() <= most) return points;
  Points kept;
  for (std::size_t i = 1; i <= most; ++i) kept.push_back(points[i * points.size() / most - 1]);
  return kept;
}

Points running_mean(const Points& points, std::size_t window) {
  Points means = points;
  double sum = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    sum += points[i].second;
    if (i >= window) sum -= points[i - window].second;
    means[i].second = sum / static_cast<double>(std::min(i + 1, window));
  }
  return means;
}

Range y_range(const Points& points, double quantile) {
  std::vector<double> y;
  for (const auto& point : points) y.push_back(point.second);
  const auto at = y.begin() + static_cast<std::ptrdiff_t>(quantile * static_cast<double>(y.size() - 1));
  std::nth_element(y.begin(), at, y.end());
  return {*at, *std::max_element(y.begin(), y.end())};
}

std::string loss_axis(Range range, const std::string& label) {
  if (range.low <= 0 || range.high < 4 * range.low) {
    const Range wider = widened(range);
    return fmt::format("unset logscale y\nset ytics auto\nset yrange [{}:{}]\nset ylabel '{}'\n",
                       std::max(wider.low, 0.0), wider.high, label);
  }
  const Range wider{range.low / 1.1, range.high * 1.1};
  return fmt::format("set logscale y\nset yrange [{}:{}]\n{}set ylabel '{}, log scale'\n", wider.low, wider.high,
                     log_ticks(decimal_ticks(wider), wider), label);
}

std::string accuracy_axis(Range range) {
  const Range wider = widened(range);
  return fmt::format("unset logscale y\nset ytics auto\nset yrange [{}:{}]\nset ylabel 'accuracy (fraction)'\n",
                     std::max(wider.low, 0.0), std::min(wider.high, 1.001));
}

std::vector<std::pair<std::string, double>> decimal_ticks(Range range) {
  std::vector<std::pair<std::string, double>> ticks;
  const int first = static_cast<int>(std::floor(std::log10(range.low)));
  const int last = static_cast<int>(std::ceil(std::log10(range.high)));
  for (double mantissa : {1.0, 5.0, 2.0, 3.0, 7.0, 4.0, 1.5, 6.0, 8.0}) {
    for (int power = first; power <= last; ++power) {
      const double position = mantissa * std::pow(10.0, power);
      ticks.emplace_back(fmt::format("{:.3g}", position), position);
    }
  }
  return ticks;
}

std::string log_ticks(const std::vector<std::pair<std::string, double>>& candidates, Range range) {
  const double apart = 0.07 * std::log(range.high / range.low);
  std::vector<double> taken;
  std::vector<std::string> ticks;
  for (const auto& [label, position] : candidates) {
    if (position < range.low || position > range.high) continue;
    const double place = std::log(position);
    if (std::any_of(taken.begin(), taken.end(), [&, at = place](double other) { return std::abs(other - at) < apart; }))
      continue;
    taken.push_back(place);
    ticks.push_back(fmt::format("'{}' {}", label, position));
  }
  return fmt::format("set ytics ({})\nunset mytics\n", joined(ticks, ", "));
}

}  // namespace retrograd::experiments
