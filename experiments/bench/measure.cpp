#include "measure.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace retrograd::bench {
namespace {

double seconds_of(const Repeat& repeat) {
  const auto start = std::chrono::steady_clock::now();
  repeat();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// OpenBLAS's workers spin for a while after their last product, which would slow down the next contender.
void let_workers_sleep() { std::this_thread::sleep_for(std::chrono::milliseconds(60)); }

}  // namespace

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

Measured measure(const Repeat& ours, const Repeat& floor, double floor_share, int rounds) {
  std::vector<double> own, floors;
  if (floor) floor();
  ours();
  for (int round = 0; round < rounds; ++round) {
    if (floor) {
      std::vector<double> runs;
      for (int i = 0; i < 3; ++i) runs.push_back(seconds_of(floor) * floor_share);
      floors.push_back(median(runs));
      let_workers_sleep();
    }
    own.push_back(seconds_of(ours));
  }
  Measured measured{median(own), {}};
  if (floor) {
    const auto [least, most] = std::minmax_element(floors.begin(), floors.end());
    measured.floor = *least;
    measured.floor_spread = (*most - *least) / *least;
  }
  return measured;
}

}  // namespace retrograd::bench
