// Batch normalization (S. Ioffe and C. Szegedy, 2015), as PyTorch has it: in training by the batch's own statistics,
// which move running ones on; in evaluation by the running ones. Training is a scope (training.h), no switch.
#pragma once
#include <cstdint>
#include <optional>

#include "../../core/tensor/fields.h"
#include "../../core/tensor/tensor.h"

namespace retrograd::nn {

/// How a BatchNorm1d or BatchNorm2d is made.
struct BatchNormOptions {
  /// Added to the variance; Error where negative.
  double epsilon = 1e-5;
  /// The share of a batch in the running statistics, 0 … 1; none: all batches count the same.
  std::optional<double> momentum = 0.1;
  /// Whether there are a weight and a bias.
  bool affine = true;
  /// Whether there are running statistics; without them evaluation uses those of the batch too.
  bool track_running_stats = true;
};

/// (x − μ)/√(σ² + ε)·weight + bias, channel by channel: x (N, C) or (N, C, L) for `kSpatial` = 1 and (N, C, H, W) for
/// 2, float32 or float64. In training μ and σ² are the batch's; a running statistic then becomes (1 − momentum)·itself
/// + momentum·the batch's, for σ² with n − 1 in the denominator. ShapeError where x does not fit, or has one value per
/// channel where the batch's statistics are used; nothing is written then.
template <int kSpatial>
struct BatchNorm {
  /// (C), from 1 on; an empty handle unless affine.
  Tensor weight;
  /// (C), from 0 on; an empty handle unless affine.
  Tensor bias;
  /// (C), from 0 on; empty unless tracked.
  Buffer running_mean;
  /// (C), from 1 on; empty unless tracked.
  Buffer running_var;
  /// How many batches there were, an int64 scalar; empty unless tracked.
  Buffer num_batches_tracked;
  /// As given.
  BatchNormOptions options;

  /// ShapeError unless there are channels, Error where an option makes no sense, DtypeError unless float32 or float64.
  explicit BatchNorm(std::int64_t channels, const BatchNormOptions& options = {}, Dtype dtype = default_dtype());
  /// x normalized, of its shape; in training the running statistics move on.
  Tensor operator()(const Tensor& x) const;
  /// The number of channels.
  std::int64_t channels() const { return channels_; }
  /// The tensors there are, under PyTorch's names and in its order.
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

/// Of (N, C) or (N, C, L).
using BatchNorm1d = BatchNorm<1>;
/// Of (N, C, H, W).
using BatchNorm2d = BatchNorm<2>;
extern template struct BatchNorm<1>;
extern template struct BatchNorm<2>;

}  // namespace retrograd::nn
