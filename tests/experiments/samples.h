// Shared by the tests of the experiments: outcomes with known numbers, and a data set small enough to train on quickly.
#pragma once
#include <string>
#include <vector>

#include "../../experiments/paper/outcome.h"
#include "../../experiments/paper/training.h"

namespace retrograd::tests {

/// A finished outcome with these test accuracies and the losses 1 - accuracy; ten iterations per epoch.
experiments::Outcome finished(const std::string& name, const std::vector<double>& test_accuracy, double seconds = 10,
                              std::uint64_t seed = 0);

/// A failed outcome.
experiments::Outcome failed(const std::string& name, const std::string& why, std::uint64_t seed = 0);

/// Sixty training and twenty test images of 28 × 28, with a bright row for each class.
experiments::Data small_data();

/// A watcher that stores its calls, one line each.
struct Notes : experiments::Watcher {
  std::vector<std::string> lines;
  void displayed(std::int64_t epoch, std::int64_t iteration, double loss, double accuracy) override;
  void tested(std::int64_t epoch, double loss, double accuracy) override;
};

}  // namespace retrograd::tests
