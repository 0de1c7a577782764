// What one training of one case with one seed leaves behind: its curves, its time, or why it failed.
// Invariant: points are stored in order, one per iteration (train) and one per epoch (test), numbered from 1; a
// finished outcome has at least one epoch. Refuses to know: how the points were made, and how they are written or
// drawn.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cases.h"

namespace retrograd::experiments {

/// The paper's four curves.
struct Curves {
  std::vector<float> train_loss;      // of the batch, before its step; one an iteration
  std::vector<float> train_accuracy;  // a fraction
  std::vector<double> test_loss;      // mean over the test set; one an epoch
  std::vector<double> test_accuracy;
};

enum class State { unfinished, finished, failed };

/// One case, one seed.
struct Outcome {
  const Case* which = nullptr;
  std::uint64_t seed = 0;
  State state = State::unfinished;
  std::string failure;  // a sentence naming case, epoch and iteration, where state is failed
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
