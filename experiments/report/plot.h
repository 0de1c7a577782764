// The common style of all figures, as pieces of gnuplot script: terminal, axes, ticks for logarithmic axes, data blocks
// thinned to the resolution of a screen. Invariant: each piece is complete (data blocks are closed, ranges are never
// empty), so that any combination is a valid script. Does not depend on what the curves mean.
#pragma once
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace retrograd::experiments {

/// A figure to draw: the name of its file and the gnuplot script that writes it to stdout.
struct Figure {
  std::string file;
  std::string script;
};

/// (x, y) in drawing order.
using Points = std::vector<std::pair<double, double>>;

/// Terminal size in pixels, fonts, grid and borders.
std::string plot_style(int width, int height);

/// "$name << END … END": the points, for a later `plot $name`.
std::string data_block(const std::string& name, const Points& points);

/// A curve as points, with x counted from 1.
template <class T>
Points numbered(const std::vector<T>& values) {
  Points points;
  points.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    points.emplace_back(static_cast<double>(i + 1), static_cast<double>(values[i]));
  }
  return points;
}

/// At most 2 · buckets points that keep the extremes: the lowest and highest of each bucket, in order.
Points thinned_extremes(const Points& points, std::size_t buckets);

/// At most `most` points, evenly spaced, including the last.
Points thinned(const Points& points, std::size_t most);

/// The mean of each point and up to window - 1 before it.
Points running_mean(const Points& points, std::size_t window);

/// A range of y; the ends may be equal.
struct Range {
  double low;
  double high;
};

/// From the given quantile of y (0 is the minimum) to the maximum.
Range y_range(const Points& points, double quantile);

/// The range and label of a loss's axis, logarithmic where the range spans a factor of 4; a margin is added.
std::string loss_axis(Range range, const std::string& label);

/// The range and label of an accuracy's axis, linear; a margin is added, but never beyond 0 to 1.
std::string accuracy_axis(Range range);

/// Ticks for a logarithmic axis: the most important `candidates` (label, position; most important first) that are not
/// too close to each other.
std::string log_ticks(const std::vector<std::pair<std::string, double>>& candidates, Range range);

/// Ticks 1, 5, 2, 3, … times powers of ten, for `log_ticks`.
std::vector<std::pair<std::string, double>> decimal_ticks(Range range);

}  // namespace retrograd::experiments
