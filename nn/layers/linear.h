// The linear (fully connected) layer.
#pragma once
#include "../../core/base/random.h"
#include "../../core/tensor/tensor.h"
#include "../base/initializers.h"

/// Layers, losses, initializers, and files of weights.
namespace retrograd::nn {

/// The options of a Linear.
struct LinearOptions {
  bool bias = true;  ///< false for a layer without one
};

/// y = x · weightᵀ + bias (eq. 2.5): x (…, in) → (…, out); weight (out, in) as PyTorch and ONNX store it, bias (out).
struct Linear {
  Tensor weight;  ///< (out, in)
  Tensor bias;    ///< (out); an empty handle without a bias

  /// The weight is drawn first, then the bias. ShapeError unless both sizes are positive.
  Linear(std::int64_t in, std::int64_t out, Rng& rng, const Initializer& initializer = FanInUniform{},
         Dtype dtype = default_dtype());
  /// With options: Linear{784, 10, rng, {.bias = false}}.
  Linear(std::int64_t in, std::int64_t out, Rng& rng, const LinearOptions& options,
         const Initializer& initializer = FanInUniform{}, Dtype dtype = default_dtype());
  /// x (…, in) → (…, out); ShapeError or DtypeError where x does not fit.
  Tensor operator()(const Tensor& x) const;
  /// The parameters.
  static void fields(auto& self, auto&& visit) {
    visit("weight", self.weight);
    if (self.bias.defined()) visit("bias", self.bias);
  }
};

}  // namespace retrograd::nn
