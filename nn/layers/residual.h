// A way past a layer (He et al., "Deep residual learning for image recognition", 2016).
#pragma once
#include <utility>

#include "../../core/tensor/fields.h"
#include "../base/within.h"
#include "sequential.h"

namespace retrograd::detail {
/// x + y; ShapeError where their shapes differ, which addition would broadcast.
Tensor residual_sum(const Tensor& x, const Tensor& y);
}  // namespace retrograd::detail

namespace retrograd::nn {

/// x + layer(x) for a layer, often a Sequential, whose output has the shape of its input; its parameters are
/// "layer.weight" and so on.
template <Layer Inner>
struct Residual {
  Inner layer;  ///< what x is passed by

  /// Residual{Sequential{…}}; the type of the layer is deduced.
  explicit Residual(Inner inner) : layer(std::move(inner)) {}
  /// ShapeError where the layer's output has another shape than x.
  Tensor operator()(const Tensor& x) const { return detail::residual_sum(x, within("layer", layer, x)); }
  /// Names the layer's parameters.
  static void fields(auto& self, auto&& visit) {
    if constexpr (HasFields<Inner>) visit("layer", self.layer);
  }
};

}  // namespace retrograd::nn
