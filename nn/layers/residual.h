// A residual connection (He et al., "Deep residual learning for image recognition", 2016).
#pragma once
#include <utility>

#include "../../core/tensor/fields.h"
#include "../base/within.h"
#include "sequential.h"

namespace retrograd::detail {
/// x + y; ShapeError where their shapes differ instead of broadcasting.
Tensor residual_sum(const Tensor& x, const Tensor& y);
}  // namespace retrograd::detail

namespace retrograd::nn {

/// x + layer(x) for a layer, often a Sequential, whose output has the shape of its input; the parameters are named
/// "layer.weight" and so on.
template <Layer Inner>
struct Residual {
  Inner layer;  ///< the layer that the connection bypasses

  /// Residual{Sequential{…}}; the type of the layer is deduced.
  explicit Residual(Inner inner) : layer(std::move(inner)) {}
  /// ShapeError where the layer's output and x differ in shape.
  Tensor operator()(const Tensor& x) const { return detail::residual_sum(x, within("layer", layer, x)); }
  /// The layer's parameters.
  static void fields(auto& self, auto&& visit) {
    if constexpr (HasFields<Inner>) visit("layer", self.layer);
  }
};

}  // namespace retrograd::nn
