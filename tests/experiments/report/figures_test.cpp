#include "../../../experiments/report/figures.h"

#include <doctest/doctest.h>

#include <cmath>

#include "../../../experiments/report/activations.h"
#include "../../../experiments/report/gnuplot.h"
#include "../../../experiments/report/networks.h"
#include "../../scratch.h"
#include "../samples.h"

using namespace retrograd::experiments;
using namespace retrograd::tests;

namespace {

/// Draws a figure and checks what must hold of each: an SVG, complete, smaller than 300 KB.
std::string drawn(const Figure& figure) {
  CAPTURE(figure.file);
  const std::string picture = run_gnuplot(figure.script);
  CHECK(picture.rfind("<?xml", 0) == 0);
  CHECK(holds(picture, {"</svg>"}));
  CHECK(picture.size() < 300'000);
  return picture;
}

Outcome long_run(const std::string& name) {
  std::vector<double> accuracy;
  for (int i = 0; i < 100; ++i) accuracy.push_back(0.98 - 0.5 * std::exp(-i / 5.0));
  Outcome outcome = finished(name, accuracy);
  outcome.curves.train_loss.clear();
  outcome.curves.train_accuracy.clear();
  for (int i = 0; i < 60'000; ++i) {
    outcome.curves.train_loss.push_back(static_cast<float>(0.02 + 2 * std::exp(-i / 900.0) + 0.01 * (i % 7)));
    outcome.curves.train_accuracy.push_back(static_cast<float>(1 - 0.01 * (i % 7)));
  }
  return outcome;
}

}  // namespace

TEST_CASE("a case makes the paper's two figures, with axes, units and titles") {
  const auto figures = case_figures(long_run("2RS"), Digits::mnist);
  REQUIRE(figures.size() == 2);
  CHECK(figures[0].file == "figure_3_15.svg");
  CHECK(figures[1].file == "figure_3_16.svg");
  CHECK(holds(drawn(figures[0]), {"Figure 3.15", "2RS: two hidden layers, ReLU, softmax cross-entropy", "iteration",
                                  "loss (nats)", "accuracy (fraction)", "mean of 600 batches"}));
  CHECK(holds(drawn(figures[1]),
              {"Figure 3.16", "epoch", "loss (nats)", "accuracy (fraction)", "best 0.9800 (epoch 100)"}));
}

TEST_CASE("the eight cases make all figures from 3.2 to 3.18 but the drawings") {
  std::vector<std::string> files;
  for (const Case& one : all_cases()) {
    for (const Figure& figure : case_figures(finished(std::string(one.name), {0.9, 0.95}), Digits::mnist))
      files.push_back(figure.file);
  }
  CHECK(files.size() == 16);
  CHECK(files.front() == "figure_3_02.svg");
  CHECK(files[7] == "figure_3_09.svg");
  CHECK(files[8] == "figure_3_11.svg");
  CHECK(files.back() == "figure_3_18.svg");
}

TEST_CASE("comparisons hold every case they are given") {
  std::vector<Outcome> outcomes;
  std::vector<const Outcome*> pointers;
  for (const Case& one : all_cases()) outcomes.push_back(long_run(std::string(one.name)));
  for (const Outcome& one : outcomes) pointers.push_back(&one);
  const auto figures = comparison_figures(pointers, Digits::mnist);
  REQUIRE(figures.size() == 2);
  CHECK(figures[0].file == "all_test_accuracy.svg");
  CHECK(figures[1].file == "all_test_loss.svg");
  for (const Figure& figure : figures) {
    CHECK(holds(drawn(figure), {"1RE", "1SE", "1RS", "1SS", "2RE", "2SE", "2RS", "2SS", "epoch"}));
  }
  CHECK(comparison_figures({}, Digits::mnist).empty());
}

TEST_CASE("curves without spread, of one epoch, or perfect are drawn too") {
  for (const std::vector<double>& accuracy : {std::vector<double>{0.9}, {0.5, 0.5, 0.5}, {1.0}, {0.0}, {0.0, 1.0}}) {
    const Outcome outcome = finished("1RE", accuracy);
    for (const Figure& figure : case_figures(outcome, Digits::fashion)) drawn(figure);
    for (const Figure& figure : comparison_figures({&outcome}, Digits::fashion)) drawn(figure);
  }
}

TEST_CASE("activations and networks are drawn as the paper numbers them") {
  std::vector<std::string> files;
  for (const Figure& figure : activation_figures()) {
    drawn(figure);
    files.push_back(figure.file);
  }
  for (const Figure& figure : network_figures()) {
    drawn(figure);
    files.push_back(figure.file);
  }
  CHECK(files == std::vector<std::string>{"figure_2_1.svg", "figure_2_2.svg", "figure_2_3.svg", "figure_3_01.svg",
                                          "figure_3_10.svg"});
  CHECK(holds(activation_figures()[1].script, {"\n0 0.5\n", "\n0 0.25\n"}));
  CHECK(holds(run_gnuplot(network_figures()[2].script), {"784 pixels", "128 units", "64 units", "10 classes"}));
}

TEST_CASE("thinning keeps the extremes and stays small") {
  Points points;
  for (int i = 0; i < 10'000; ++i) points.emplace_back(i, i == 5'003 ? 9.0 : i == 777 ? -9.0 : 0.0);
  const Points kept = thinned_extremes(points, 100);
  CHECK(kept.size() <= 200);
  CHECK(std::find(kept.begin(), kept.end(), std::pair(5'003.0, 9.0)) != kept.end());
  CHECK(std::find(kept.begin(), kept.end(), std::pair(777.0, -9.0)) != kept.end());
  CHECK(thinned(points, 10).size() == 10);
  CHECK(thinned(points, 10).back() == points.back());
  CHECK(running_mean({{1, 1}, {2, 3}, {3, 5}}, 2) == Points{{1, 1}, {2, 2}, {3, 4}});
}

TEST_CASE("a script that gnuplot does not take fails with gnuplot's words") {
  CHECK_THROWS_WITH_AS(run_gnuplot("plot nonsense\n"), doctest::Contains("nonsense"), GnuplotError);
}

TEST_CASE("without gnuplot the message says what to install") {
  const ScratchFolder folder;
  const Environment path("PATH", folder.path().c_str());
  CHECK_THROWS_WITH_AS(require_gnuplot(), doctest::Contains("apt-get install gnuplot-nox"), GnuplotMissing);
}
