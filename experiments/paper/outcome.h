// The result of training one case with one seed: its curves and time, or why it failed. Invariant: points are stored in
// order, one per iteration (train) and one per epoch (test), numbered from 1; a finished outcome has at least one
// epoch. Does not depend on how the points were computed or how they are written or drawn.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cases.h"

namespace retrograd::experiments {

/// The paper's four curves.
struct Curves {
  std::vector<float> train_loss;      // of the batch, before its step; one per iteration
  std::vector<float> train_accuracy;  // a fraction
  std::vector<double> test_loss;      // mean over the test set; one per epoch
  std::vector<double> test_accuracy;
};

enum class State { unfinished, finished, failed };

/// One case, one seed.
struct Outcome {
  const Case* which = nullptr;
  std::uint64_t seed = 0;
  State state = State::unfinished;
  std::string failure;  // if the state is failed: a sentence naming case, epoch and iteration
  Curves curves;
  double last_train_accuracy = 0;  // mean over the last epoch's iterations
  double seconds = 0;              // wall time of training and testing

  /// Whether all epochs were run.
  bool finished() const { return state == State::finished; }
  /// Test accuracy after the last epoch.
  double accuracy() const { return curves.test_accuracy.back(); }
  /// Test loss after the last epoch.
  double loss() const { return curves.test_loss.back(); }
  /// The first epoch, from 1, with the highest test accuracy.
  std::size_t best_epoch() const;
  /// The highest test accuracy.
  double best_accuracy() const { return curves.test_accuracy[best_epoch() - 1]; }
};

}  // namespace retrograd::experiments
