// Normalization within each example, the same in training and evaluation: over the innermost axes, or over groups of
// channels. Keeps no statistics; for normalization over batches see batch_norm.h.
#pragma once
#include <cstdint>

#include "../../core/base/shape.h"
#include "../../core/tensor/tensor.h"

namespace retrograd::nn {

/// The options of LayerNorm, GroupNorm and RmsNorm.
struct NormOptions {
  /// Added to the variance, or to the mean square; Error where negative.
  double epsilon = 1e-5;
  /// Whether to learn a weight and a bias (an RmsNorm has no bias).
  bool affine = true;
};

/// (x − μ)/√(σ² + ε)·weight + bias with mean and variance over the innermost axes, whose sizes are `normalized_shape`:
/// x (…, normalized_shape) → the same (J. L. Ba et al., 2016, "Layer normalization").
struct LayerNorm {
  /// (normalized_shape), initially 1; an empty handle unless affine.
  Tensor weight;
  /// (normalized_shape), initially 0; an empty handle unless affine.
  Tensor bias;
  /// The sizes of the innermost axes of x.
  Shape normalized_shape;
  /// As passed to the constructor.
  NormOptions options;

  /// ShapeError unless the shape has at least one axis and positive sizes, DtypeError unless float32 or float64.
  explicit LayerNorm(const Shape& normalized_shape, const NormOptions& options = {}, Dtype dtype = default_dtype());
  /// x normalized, of the same shape; ShapeError where x does not end in `normalized_shape`.
  Tensor operator()(const Tensor& x) const;
  /// The tensors the layer has, under PyTorch's names.
  static void fields(auto& self, auto&& visit) {
    if (!self.options.affine) return;
    visit("weight", self.weight);
    visit("bias", self.bias);
  }
};

/// The same over each of `groups` equal groups of neighboring channels of x (N, C, …), with a weight and a bias for
/// each channel (Y. Wu and K. He, 2018, "Group normalization").
struct GroupNorm {
  /// (C), initially 1; an empty handle unless affine.
  Tensor weight;
  /// (C), initially 0; an empty handle unless affine.
  Tensor bias;
  /// The number of groups.
  std::int64_t groups;
  /// The number of channels.
  std::int64_t channels;
  /// As passed to the constructor.
  NormOptions options;

  /// ShapeError unless groups is positive and divides channels, DtypeError unless float32 or float64.
  GroupNorm(std::int64_t groups, std::int64_t channels, const NormOptions& options = {}, Dtype dtype = default_dtype());
  /// x normalized, of the same shape; ShapeError where the number of channels differs.
  Tensor operator()(const Tensor& x) const;
  /// The tensors the layer has, under PyTorch's names.
  static void fields(auto& self, auto&& visit) {
    if (!self.options.affine) return;
    visit("weight", self.weight);
    visit("bias", self.bias);
  }
};

/// x/√(mean(x²) + ε)·weight with the mean over the innermost axes, whose sizes are `normalized_shape` (B. Zhang and R.
/// Sennrich, 2019, "Root mean square layer normalization").
struct RmsNorm {
  /// (normalized_shape), initially 1; an empty handle unless affine.
  Tensor weight;
  /// The sizes of the innermost axes of x.
  Shape normalized_shape;
  /// As passed to the constructor.
  NormOptions options;

  /// ShapeError unless the shape has at least one axis and positive sizes, DtypeError unless float32 or float64.
  explicit RmsNorm(const Shape& normalized_shape, const NormOptions& options = {}, Dtype dtype = default_dtype());
  /// x normalized, of the same shape; ShapeError where x does not end in `normalized_shape`.
  Tensor operator()(const Tensor& x) const;
  /// The weight, if any, under PyTorch's name.
  static void fields(auto& self, auto&& visit) {
    if (self.options.affine) visit("weight", self.weight);
  }
};

}  // namespace retrograd::nn
