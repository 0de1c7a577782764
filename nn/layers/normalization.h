// Normalization within each example, the same in training and evaluation: over the innermost axes, or over groups of
// channels. Keeps no statistics; what runs over batches is batch_norm.h.
#pragma once
#include <cstdint>

#include "../../core/base/shape.h"
#include "../../core/tensor/tensor.h"

namespace retrograd::nn {

/// How a LayerNorm, GroupNorm or RmsNorm is made.
struct NormOptions {
  /// Added to the variance, or to the mean square; Error where negative.
  double epsilon = 1e-5;
  /// Whether there are a weight and a bias (an RmsNorm has no bias).
  bool affine = true;
};

/// (x − μ)/√(σ² + ε)·weight + bias with the mean and the variance over the innermost axes, those of `normalized_shape`:
/// x (…, normalized_shape) → the same (J. L. Ba et al., 2016, "Layer normalization").
struct LayerNorm {
  /// (normalized_shape), from 1 on; an empty handle unless affine.
  Tensor weight;
  /// (normalized_shape), from 0 on; an empty handle unless affine.
  Tensor bias;
  /// The innermost axes of x.
  Shape normalized_shape;
  /// As given.
  NormOptions options;

  /// ShapeError unless the shape has an axis and no size is below 1, DtypeError unless float32 or float64.
  explicit LayerNorm(const Shape& normalized_shape, const NormOptions& options = {}, Dtype dtype = default_dtype());
  /// x normalized, of its shape; ShapeError where x does not end in `normalized_shape`.
  Tensor operator()(const Tensor& x) const;
  /// The tensors there are, under PyTorch's names.
  static void fields(auto& self, auto&& visit) {
    if (!self.options.affine) return;
    visit("weight", self.weight);
    visit("bias", self.bias);
  }
};

/// The same over each of `groups` equal groups of neighboring channels of x (N, C, …), with a weight and a bias for
/// each channel (Y. Wu and K. He, 2018, "Group normalization").
struct GroupNorm {
  /// (C), from 1 on; an empty handle unless affine.
  Tensor weight;
  /// (C), from 0 on; an empty handle unless affine.
  Tensor bias;
  /// The number of groups.
  std::int64_t groups;
  /// The number of channels.
  std::int64_t channels;
  /// As given.
  NormOptions options;

  /// ShapeError unless the channels fall into so many equal groups, DtypeError unless float32 or float64.
  GroupNorm(std::int64_t groups, std::int64_t channels, const NormOptions& options = {}, Dtype dtype = default_dtype());
  /// x normalized, of its shape; ShapeError where x has other channels.
  Tensor operator()(const Tensor& x) const;
  /// The tensors there are, under PyTorch's names.
  static void fields(auto& self, auto&& visit) {
    if (!self.options.affine) return;
    visit("weight", self.weight);
    visit("bias", self.bias);
  }
};

/// x/√(mean(x²) + ε)·weight with the mean over the innermost axes, those of `normalized_shape` (B. Zhang and R.
/// Sennrich, 2019, "Root mean square layer normalization").
struct RmsNorm {
  /// (normalized_shape), from 1 on; an empty handle unless affine.
  Tensor weight;
  /// The innermost axes of x.
  Shape normalized_shape;
  /// As given.
  NormOptions options;

  /// ShapeError unless the shape has an axis and no size is below 1, DtypeError unless float32 or float64.
  explicit RmsNorm(const Shape& normalized_shape, const NormOptions& options = {}, Dtype dtype = default_dtype());
  /// x normalized, of its shape; ShapeError where x does not end in `normalized_shape`.
  Tensor operator()(const Tensor& x) const;
  /// The weight where there is one, under PyTorch's name.
  static void fields(auto& self, auto&& visit) {
    if (self.options.affine) visit("weight", self.weight);
  }
};

}  // namespace retrograd::nn
