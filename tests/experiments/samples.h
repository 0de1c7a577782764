// What the tests of the experiments share: outcomes with known numbers, and a data set small enough to train on at
// once.
#pragma once
#include <string>
#include <vector>

#include "../../experiments/paper/outcome.h"
#include "../../experiments/paper/training.h"

namespace retrograd::tests {

/// A finished outcome whose test accuracy takes these values, its loss 1 - accuracy; ten iterations an epoch.
experiments::Outcome finished(const std::string& name, const std::vector<double>& test_accuracy, double seconds = 10,
                              std::uint64_t seed = 0);

/// A failed one.
experiments::Outcome failed(const std::string& name, const std::string& why, std::uint64_t seed = 0);

/// Sixty images of 28 × 28 to train on and twenty to test on, a bright row for each class.
experiments::Data small_data();

/// A watcher that keeps what it was told, a line a call.
struct Notes : experiments::Watcher {
  std::vector<std::string> lines;
  void displayed(std::int64_t epoch, std::int64_t iteration, double loss, double accuracy) override;
  void tested(std::int64_t epoch, double loss, double accuracy) override;
};

}  // namespace retrograd::tests
