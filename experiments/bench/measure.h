// Times contenders side by side: all of them take turns in every round, so that a slowdown of the machine affects all.
// Invariant: every contender runs once untimed before its first timed run. Does not depend on what is timed.
#pragma once
#include <optional>

#include "contenders.h"

namespace retrograd::bench {

struct Measured {
  double ours;                  // seconds, the median over the rounds
  std::optional<double> floor;  // seconds for the same work: the minimum of the rounds' medians
  double floor_spread = 0;      // (maximum − minimum) / minimum of those medians
};

/// Alternates over `rounds` rounds: three runs of the floor, each 1/floor_share of the work, and one of ours.
Measured measure(const Repeat& ours, const Repeat& floor, double floor_share, int rounds);

double median(std::vector<double> values);

}  // namespace retrograd::bench
