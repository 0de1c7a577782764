// A set of samples, and the ways to go through it: batches in random order, or all at once. Pixels stay bytes (uint8)
// and are decoded to (x − 128)/255 batch by batch, so that MNIST takes 47 MB and not 188. Knows nothing of files.
#pragma once
#include <cstdint>
#include <utility>

#include "../core/random.h"
#include "../core/tensor.h"

/// Data sets, and looking at the engine: gradient checks, drawings of a tape.
namespace retrograd::tools {

/// Samples along the outermost axis of both tensors: inputs (N, …), targets (N, …).
struct Dataset {
  Tensor inputs;   ///< (N, …)
  Tensor targets;  ///< (N, …)
  /// The number of samples.
  std::int64_t size() const { return inputs.shape()[0]; }
};

/// Some samples in memory of their own: uint8 inputs decoded to float32 (x − 128)/255, all other dtypes as they are.
struct Batch {
  Tensor inputs;   ///< of at most batch_size samples
  Tensor targets;  ///< of the same samples
};

/// A pass over a set in random order: `for (auto [inputs, targets] : batches(train, 100, rng))`. The last batch holds
/// what is left.
class Batches {
 public:
  /// A pass in this order, an int64 tensor of positions in the set; `batches` draws one.
  Batches(const Dataset& set, std::int64_t batch_size, Tensor order);

  /// Where a pass is.
  class Iterator {
   public:
    /// At the batch that begins with the sample at this position of the order.
    Iterator(const Batches& batches, std::int64_t at) : batches_(&batches), at_(at) {}
    /// The batch, copied and decoded now.
    Batch operator*() const { return batches_->take(at_); }
    /// On to the next batch.
    Iterator& operator++() {
      at_ += batches_->batch_size_;
      return *this;
    }
    /// False once the pass is over.
    bool operator!=(const Iterator& end) const { return at_ < end.at_; }

   private:
    const Batches* batches_;
    std::int64_t at_;
  };
  /// At the first batch.
  Iterator begin() const { return {*this, 0}; }
  /// Behind the last batch.
  Iterator end() const { return {*this, set_.size()}; }
  /// The number of batches.
  std::int64_t size() const { return (set_.size() + batch_size_ - 1) / batch_size_; }

 private:
  Batch take(std::int64_t begin) const;
  Dataset set_;
  std::int64_t batch_size_;
  Tensor order_;
};

/// A pass in an order drawn from the Rng now. An error unless 1 ≤ batch_size ≤ the size of the set and the inputs are
/// as many as the targets.
Batches batches(const Dataset& set, std::int64_t batch_size, Rng& rng);
/// The whole set as one batch, in its own order.
Batch whole(const Dataset& set);

}  // namespace retrograd::tools
