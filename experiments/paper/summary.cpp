#include "summary.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace retrograd::experiments {
namespace {

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

Summary summarize_case(const Case& which, const std::vector<const Outcome*>& all) {
  Summary summary;
  summary.which = &which;
  std::vector<double> accuracy, loss, best, seconds, to_95, to_final, rough, gap;
  for (const Outcome* one : all) {
    ++summary.seeds;
    summary.failed += one->state == State::failed;
    if (!one->finished()) continue;
    accuracy.push_back(one->accuracy());
    loss.push_back(one->loss());
    best.push_back(one->best_accuracy());
    seconds.push_back(one->seconds);
    summary.first_best = summary.count == 0 ? one->best_epoch() : std::min(summary.first_best, one->best_epoch());
    summary.last_best = std::max(summary.last_best, one->best_epoch());
    const std::vector<double>& curve = one->curves.test_accuracy;
    if (const auto epoch = first_epoch_at(curve, 0.95)) to_95.push_back(static_cast<double>(*epoch));
    to_final.push_back(static_cast<double>(*first_epoch_at(curve, 0.99 * one->accuracy())));
    if (const auto value = roughness(curve)) rough.push_back(*value);
    gap.push_back(one->last_train_accuracy - one->accuracy());
    ++summary.count;
  }
  if (!summary.measured()) return summary;
  summary.accuracy = spread(accuracy);
  summary.loss = spread(loss);
  summary.best_accuracy = spread(best);
  summary.seconds = spread(seconds);
  if (to_95.size() == accuracy.size()) summary.epochs_to_95 = mean(to_95);
  summary.epochs_to_final = mean(to_final);
  if (!rough.empty()) summary.roughness = mean(rough);
  summary.gap = mean(gap);
  return summary;
}

}  // namespace

Spread spread(const std::vector<double>& values) {
  const double center = mean(values);
  double squares = 0;
  for (double value : values) squares += (value - center) * (value - center);
  return {center, values.size() > 1 ? std::sqrt(squares / static_cast<double>(values.size() - 1)) : 0.0};
}

std::vector<Summary> summarize(const std::vector<Outcome>& outcomes) {
  std::vector<Summary> summaries;
  for (const Case& which : all_cases()) {
    std::vector<const Outcome*> of_case;
    for (const Outcome& outcome : outcomes) {
      if (*outcome.which == which) of_case.push_back(&outcome);
    }
    if (!of_case.empty()) summaries.push_back(summarize_case(which, of_case));
  }
  return summaries;
}

std::optional<std::size_t> first_epoch_at(const std::vector<double>& accuracy, double level) {
  const auto found = std::find_if(accuracy.begin(), accuracy.end(), [&](double value) { return value >= level; });
  if (found == accuracy.end()) return std::nullopt;
  return static_cast<std::size_t>(found - accuracy.begin()) + 1;
}

std::optional<double> roughness(const std::vector<double>& curve) {
  std::vector<double> changes;
  for (std::size_t i = curve.size() / 2; i + 1 < curve.size(); ++i) changes.push_back(curve[i + 1] - curve[i]);
  if (changes.size() < 3) return std::nullopt;
  return spread(changes).deviation;
}

}  // namespace retrograd::experiments
