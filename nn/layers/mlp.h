// The multilayer perceptron: linear layers with an activation between them.
#pragma once
#include <cstdint>
#include <vector>

#include "../base/activation.h"
#include "linear.h"

namespace retrograd::detail {
/// The activation of layer(x), in one pass where a fused op for both exists.
Tensor activated(const nn::Linear& layer, nn::Activation activation, const Tensor& x);
}  // namespace retrograd::detail

namespace retrograd::nn {

/// Linear layers of sizes[0] → sizes[1] → …, with the activation after all but the last: x (N, sizes.front()) →
/// (N, sizes.back()).
struct Mlp {
  std::vector<Linear> layers;  ///< one fewer than there are sizes
  Activation activation;       ///< after all layers but the last

  /// The layers are drawn in order; ShapeError where there are fewer than two sizes.
  Mlp(const std::vector<std::int64_t>& sizes, Activation activation, Rng& rng,
      const Initializer& initializer = FanInUniform{}, Dtype dtype = default_dtype());
  /// x (N, sizes.front()) → (N, sizes.back()); ShapeError or DtypeError where x does not fit.
  Tensor operator()(const Tensor& x) const;
  /// The parameters: "layers.0.weight", "layers.0.bias", …
  static void fields(auto& self, auto&& visit) { visit("layers", self.layers); }
};

}  // namespace retrograd::nn
