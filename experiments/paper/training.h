// Trains one case with one seed, as the paper did: shuffled batches, the paper's update, a test after every epoch.
// Invariant: the curves depend only on the case, the seed, the configuration and the data; not on other jobs or the
// number of threads. Does not depend on files, screens or other cases.
#pragma once
#include <retrograd/tools/data/dataset.h>

#include <atomic>
#include <cstdint>

#include "options.h"
#include "outcome.h"

namespace retrograd::experiments {

/// The training and test data of all cases, shared read-only by the jobs.
struct Data {
  tools::Dataset train;
  Tensor test_images;  // decoded, (images, 784)
  Tensor test_labels;  // int64, (images)
};

/// Receives the progress of a training, on the thread that trains.
class Watcher {
 public:
  virtual ~Watcher() = default;
  /// Every display_every iterations (counted from 1 over all epochs): mean train loss and accuracy since the last call.
  virtual void displayed(std::int64_t epoch, std::int64_t iteration, double loss, double accuracy) = 0;
  /// After each epoch.
  virtual void tested(std::int64_t epoch, double loss, double accuracy) = 0;
};

/// The number of batches per epoch; the last may be smaller.
std::int64_t iterations_per_epoch(const Data& data, const Configuration& configuration);

/// Trains to the end, or until `stop` is set (the outcome is then unfinished), or until it fails because the loss is
/// not finite, a checked override differs from its definition, or the engine throws; the failure states the epoch and
/// iteration.
Outcome train(const Case& which, std::uint64_t seed, const Configuration& configuration, const Data& data,
              Watcher& watcher, const std::atomic<bool>& stop);

}  // namespace retrograd::experiments
