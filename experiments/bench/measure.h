// Times contenders side by side: one round after another, all of them in every round, so that what slows the machine
// slows them all. Invariant: every contender runs once untimed before its first timed run.
// Refuses to know: what is timed.
#pragma once
#include <optional>

#include "contenders.h"

namespace retrograd::bench {

struct Measured {
  double ours;                  // seconds, the median over the rounds
  std::optional<double> floor;  // seconds for the same work: the least of the rounds' medians
  double floor_spread = 0;      // (largest − least) / least of those medians
};

/// Alternates over `rounds` rounds: three runs of the floor, each a `floor_share`-th of the work, and one of ours.
Measured measure(const Repeat& ours, const Repeat& floor, double floor_share, int rounds);

double median(std::vector<double> values);

}  // namespace retrograd::bench
