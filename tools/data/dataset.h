// A set of samples in memory, and the ways to go through it: batches in random or in their own order, or all at once.
// Pixels stay bytes (uint8) and are decoded to (x − 128)/255 batch by batch, so that MNIST takes 47 MB and not 188.
// Knows nothing of files.
#pragma once
#include <cstdint>

#include "../../core/base/random.h"
#include "../../core/tensor/tensor.h"
#include "batches.h"

namespace retrograd::tools {

/// Samples along the outermost axis of both tensors.
struct Dataset {
  /// What goes into a model, (N, …); uint8 are pixels.
  Tensor inputs;
  /// What should come out of it, (N, …).
  Tensor targets;
  /// The number of samples.
  std::int64_t size() const { return inputs.shape()[0]; }
};

/// A pass in an order drawn from the Rng now: `for (auto [inputs, targets] : batches(train, 100, rng))`. The last batch
/// holds what is left. Error unless 1 ≤ batch_size ≤ the size of the set, the inputs are as many as the targets, and
/// prefetch ≥ 0.
Batches<Tensors<Batch>> batches(const Dataset& set, std::int64_t batch_size, Rng& rng,
                                const BatchOptions& options = {});
/// The same with the samples in their own order.
Batches<Tensors<Batch>> batches(const Dataset& set, std::int64_t batch_size, const BatchOptions& options = {});
/// The whole set as one batch, in its own order.
Batch whole(const Dataset& set);

}  // namespace retrograd::tools
