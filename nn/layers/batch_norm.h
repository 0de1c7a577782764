// Batch normalization (S. Ioffe and C. Szegedy, 2015), as PyTorch has it: training uses the batch's statistics and
// updates running ones; evaluation uses the running ones. Training mode is a scope (../base/training.h), not a flag of
// the layer.
#pragma once
#include <cstdint>
#include <optional>

#include "../../core/tensor/fields.h"
#include "../../core/tensor/tensor.h"

namespace retrograd::nn {

/// The options of BatchNorm1d and BatchNorm2d.
struct BatchNormOptions {
  /// Added to the variance; Error where negative.
  double epsilon = 1e-5;
  /// The weight of a new batch in the running statistics, 0 … 1; empty: the plain mean over all batches.
  std::optional<double> momentum = 0.1;
  /// Whether to learn a weight and a bias.
  bool affine = true;
  /// Whether to keep running statistics; without them evaluation uses the batch's as well.
  bool track_running_stats = true;
};

/// (x − μ)/√(σ² + ε)·weight + bias for each channel: x (N, C) or (N, C, L) for `kSpatial` = 1 and (N, C, H, W) for 2,
/// float32 or float64. In training μ and σ² are the batch's, and each running statistic becomes (1 − momentum)·running
/// + momentum·batch, where σ² has n − 1 in the denominator. ShapeError where x does not fit, or has only one value per
/// channel where the batch's statistics are used; nothing is written then.
template <int kSpatial>
struct BatchNorm {
  /// (C), initially 1; an empty handle unless affine.
  Tensor weight;
  /// (C), initially 0; an empty handle unless affine.
  Tensor bias;
  /// (C), initially 0; empty unless tracked.
  Buffer running_mean;
  /// (C), initially 1; empty unless tracked.
  Buffer running_var;
  /// The number of batches so far, an int64 scalar; empty unless tracked.
  Buffer num_batches_tracked;
  /// As passed to the constructor.
  BatchNormOptions options;

  /// ShapeError unless channels is positive, Error where an option is invalid, DtypeError unless float32 or float64.
  explicit BatchNorm(std::int64_t channels, const BatchNormOptions& options = {}, Dtype dtype = default_dtype());
  /// x normalized, of the same shape; in training this also updates the running statistics.
  Tensor operator()(const Tensor& x) const;
  /// The number of channels.
  std::int64_t channels() const { return channels_; }
  /// The tensors the layer has, under PyTorch's names and in its order.
  static void fields(auto& self, auto&& visit) {
    if (self.options.affine) {
      visit("weight", self.weight);
      visit("bias", self.bias);
    }
    if (self.options.track_running_stats) {
      visit("running_mean", self.running_mean);
      visit("running_var", self.running_var);
      visit("num_batches_tracked", self.num_batches_tracked);
    }
  }

 private:
  void check(const Tensor& x) const;
  Tensor by_batch(const Tensor& x) const;
  Tensor by_running_statistics(const Tensor& x) const;
  std::int64_t channels_;
  Dtype dtype_;
};

/// For x (N, C) or (N, C, L).
using BatchNorm1d = BatchNorm<1>;
/// For x (N, C, H, W).
using BatchNorm2d = BatchNorm<2>;
extern template struct BatchNorm<1>;
extern template struct BatchNorm<2>;

}  // namespace retrograd::nn
