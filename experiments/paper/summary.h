// The outcomes of a run, summarized by case over the seeds. Invariant: statistics cover the finished outcomes only; a
// case with no finished seed has a count of 0 and no statistics. Does not depend on text, files or the paper's results.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "outcome.h"

namespace retrograd::experiments {

/// Mean and sample standard deviation (n - 1; 0 for one value).
struct Spread {
  double mean = 0;
  double deviation = 0;
};

/// Of the given values, at least one.
Spread spread(const std::vector<double>& values);

/// One case over its seeds.
struct Summary {
  const Case* which = nullptr;
  int seeds = 0;  // requested
  int count = 0;  // finished; the others failed or were interrupted
  int failed = 0;
  Spread accuracy, loss;  // after the last epoch
  Spread best_accuracy;
  std::size_t first_best = 0;  // the earliest and the latest best epoch
  std::size_t last_best = 0;
  Spread seconds;
  std::optional<double>
      epochs_to_95;                 // mean of the first epochs with a test accuracy of 0.95; none unless all get there
  double epochs_to_final = 0;       // mean of the first epochs with 99 % of the last epoch's accuracy
  std::optional<double> roughness;  // see `roughness`; mean over seeds
  double gap = 0;                   // mean train accuracy of the last epoch minus the test accuracy after it

  /// Whether any seed finished.
  bool measured() const { return count > 0; }
};

/// One summary for each case that occurs, in the order of the table.
std::vector<Summary> summarize(const std::vector<Outcome>& outcomes);

/// The first epoch, from 1, whose value is at least `level`, if any.
std::optional<std::size_t> first_epoch_at(const std::vector<double>& accuracy, double level);

/// How rough a curve is: the standard deviation of its changes from epoch to epoch over the last half of the epochs;
/// none if that half has fewer than three changes.
std::optional<double> roughness(const std::vector<double>& curve);

}  // namespace retrograd::experiments
