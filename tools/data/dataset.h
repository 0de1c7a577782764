// A set of samples in memory, read in batches, in random order or as stored, or all at once. Pixels are kept as bytes
// (uint8) and decoded to (x − 128)/255 per batch, so that MNIST takes 47 MB instead of 188. Does not depend on files.
#pragma once
#include <cstdint>

#include "../../core/base/random.h"
#include "../../core/tensor/tensor.h"
#include "batches.h"

namespace retrograd::tools {

/// Samples along the outermost axis of both tensors.
struct Dataset {
  /// The inputs of a model, (N, …); uint8 means pixels.
  Tensor inputs;
  /// Its expected outputs, (N, …).
  Tensor targets;
  /// The number of samples.
  std::int64_t size() const { return inputs.shape()[0]; }
};

/// A pass in an order drawn from the Rng now: `for (auto [inputs, targets] : batches(train, 100, rng))`. The last batch
/// may be smaller. Error unless 1 ≤ batch_size ≤ the size of the set, inputs and targets are equal in number, and
/// prefetch ≥ 0.
Batches<Tensors<Batch>> batches(const Dataset& set, std::int64_t batch_size, Rng& rng,
                                const BatchOptions& options = {});
/// The same in stored order.
Batches<Tensors<Batch>> batches(const Dataset& set, std::int64_t batch_size, const BatchOptions& options = {});
/// The whole set as one batch, in stored order.
Batch whole(const Dataset& set);

}  // namespace retrograd::tools
