// Training one case with one seed, as the paper did it: shuffled batches, the paper's update, a test after every epoch.
// Invariant: the curves depend on the case, the seed, the configuration and the data alone; not on what else runs, nor
// on the number of threads. Refuses to know: files, screens, other cases.
#pragma once
#include <retrograd/tools/data/dataset.h>

#include <atomic>
#include <cstdint>

#include "options.h"
#include "outcome.h"

namespace retrograd::experiments {

/// What all cases train and are tested on; shared by the jobs, which only read it.
struct Data {
  tools::Dataset train;
  Tensor test_images;  // decoded, (images, 784)
  Tensor test_labels;  // int64, (images)
};

/// Told of a training's course, on the thread that trains.
class Watcher {
 public:
  virtual ~Watcher() = default;
  /// Every display_every iterations (counted from 1 over all epochs): mean train loss and accuracy since the last call.
  virtual void displayed(std::int64_t epoch, std::int64_t iteration, double loss, double accuracy) = 0;
  /// After each epoch.
  virtual void tested(std::int64_t epoch, double loss, double accuracy) = 0;
};

/// The images of a data set, one epoch's worth, in batches; the last may be smaller.
std::int64_t iterations_per_epoch(const Data& data, const Configuration& configuration);

/// Trains to the end, or until `stop` is set (the outcome is then unfinished), or until the loss is no longer finite,
/// two ways to compute an op differ, or the engine refuses (it has then failed, and says at which epoch and iteration).
Outcome train(const Case& which, std::uint64_t seed, const Configuration& configuration, const Data& data,
              Watcher& watcher, const std::atomic<bool>& stop);

}  // namespace retrograd::experiments
