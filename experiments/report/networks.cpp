#include "networks.h"

#include <fmt/core.h>

#include <cstdint>
#include <string>

#include "../paper/cases.h"

namespace retrograd::experiments {
namespace {

constexpr int kShown = 6;      // the maximum number of units drawn per column; the rest become three dots
constexpr double kUnit = 0.3;  // radius
constexpr double kAcross = 4;  // the distance between columns
constexpr double kHalf = 3.6;  // the tallest column reaches from -kHalf to kHalf

/// One layer of units, and its labels.
struct Column {
  std::int64_t units;
  std::string above;                 // the layer's role
  std::string below;                 // its size
  std::vector<std::string> symbols;  // labels of the units, or none
};

/// Heights of the drawn units from top to bottom; sets `dots` if the middle is omitted.
std::vector<double> heights(const Column& column, bool& dots) {
  dots = column.units > kShown;
  const int drawn = dots ? kShown : static_cast<int>(column.units);
  std::vector<double> places;
  const double step = 0.95;
  for (int i = 0; i < drawn; ++i) {
    const double centered = (static_cast<double>(drawn - 1) / 2 - i) * step;
    places.push_back(centered + (dots ? (i < drawn / 2 ? 0.5 : -0.5) : 0.0));
  }
  return places;
}

std::string label(const std::string& text, double x, double y, const char* style = "") {
  return fmt::format("set label \"{}\" at {:.3f},{:.3f} center {}\n", text, x, y, style);
}

std::string draw_units(const Column& column, double x) {
  bool dots = false;
  std::string script;
  const std::vector<double> places = heights(column, dots);
  for (std::size_t i = 0; i < places.size(); ++i) {
    script += fmt::format(
        "set object circle at {:.3f},{:.3f} size {} front fillcolor '#e8f1fa' fillstyle solid border "
        "linecolor '#08519c'\n",
        x, places[i], kUnit);
    if (!column.symbols.empty()) script += label(column.symbols[i], x, places[i], "front font ',11'");
  }
  if (dots) script += label("⋮", x, 0, "front font ',20'");
  return script + label(column.above, x, kHalf + 0.45, "font ',14'") + label(column.below, x, -kHalf - 0.45);
}

std::string draw_links(const Column& from, const Column& to, double x) {
  bool dots = false;
  std::string script;
  for (double a : heights(from, dots)) {
    for (double b : heights(to, dots)) {
      script +=
          fmt::format("set arrow from {:.3f},{:.3f} to {:.3f},{:.3f} nohead back linewidth 0.7 linecolor '#9aa7b4'\n",
                      x + kUnit, a, x + kAcross - kUnit, b);
    }
  }
  return script;
}

/// Columns from left to right, with `between` written under the links to the next one.
Figure drawing(const std::string& file, const std::string& title, const std::vector<Column>& columns,
               const std::vector<std::string>& between) {
  const double last = kAcross * static_cast<double>(columns.size() - 1);
  std::string script = plot_style(static_cast<int>(160 * columns.size()) + 200, 460);
  script += fmt::format("set title '{}' font ',15'\nunset border\nunset tics\nunset key\nunset grid\n", title);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const double x = kAcross * static_cast<double>(i);
    script += draw_units(columns[i], x);
    if (i + 1 == columns.size()) continue;
    script += draw_links(columns[i], columns[i + 1], x);
    script += label(between[i], x + kAcross / 2, -kHalf - 1.15, "font ',12' textcolor '#444444'");
  }
  // An empty plot with equal scales on both axes, so that circles stay round.
  script += fmt::format("set size ratio -1\nset xrange [{}:{}]\nset yrange [{}:{}]\nplot 1/0 notitle\n", -1.6,
                        last + 1.6, -kHalf - 1.6, kHalf + 1.0);
  return {file, script};
}

Figure network(const std::string& file, const std::string& title, const Case& which) {
  const std::vector<std::int64_t> sizes = layer_sizes(which);
  std::vector<Column> columns;
  std::vector<std::string> between;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const bool input = i == 0, output = i + 1 == sizes.size();
    const std::string above = input ? "input" : output ? "output" : "hidden";
    const char* noun = input ? "pixels" : output ? "classes" : "units";
    columns.push_back({sizes[i], above, fmt::format("{} {}", sizes[i], noun), {}});
    if (output) break;
    between.push_back(fmt::format("Linear {} → {}{}", sizes[i], sizes[i + 1],
                                  i + 2 == sizes.size() ? "\\nno activation" : "\\nReLU or sigmoid"));
  }
  return drawing(file, title, columns, between);
}

}  // namespace

std::vector<Figure> network_figures() {
  return {drawing("figure_2_3.svg", "Figure 2.3   Linear (fully connected) layer: y = W x + b",
                  {{5, "input", "x", {"x₁", "x₂", "x₃", "x₄", "x₅"}}, {3, "output", "y", {"y₁", "y₂", "y₃"}}},
                  {"weights W, biases b"}),
          network("figure_3_01.svg", "Figure 3.1   Network with one hidden layer", *find_case("1RE")),
          network("figure_3_10.svg", "Figure 3.10   Network with two hidden layers", *find_case("2RE"))};
}

}  // namespace retrograd::experiments
