// Activations by name, for layers that take one as an option. Activation layers are in nn/layers/activation_layers.h,
// the functions themselves in ops. Does not depend on any layer.
#pragma once
#include <string_view>

#include "../../core/tensor/tensor.h"

namespace retrograd::nn {

/// An activation function, applied element by element.
enum class Activation {
  identity,    ///< x
  relu,        ///< max(x, 0)
  leaky_relu,  ///< x where x > 0, else x/100
  sigmoid,     ///< 1 / (1 + e^−x)
  tanh,        ///< the hyperbolic tangent
  gelu,        ///< x · Φ(x), with Φ the standard normal CDF
  selu,        ///< self-normalizing; see rg::selu
  silu         ///< x · sigmoid(x)
};

/// The activation of x, of the same shape; float32, float64.
Tensor activate(Activation activation, const Tensor& x);
/// The name of the enumerator: "relu".
std::string_view name(Activation activation);

/// The factor by which the standard deviation of weights is scaled to compensate for the preceding activation, with
/// PyTorch's values: 1 for identity and sigmoid, 5/3 for tanh, √2 for relu, √(2/(1 + slope²)) for leaky_relu, 3/4 for
/// selu. Error for gelu and silu, for which none is defined.
double calculate_gain(Activation activation, double slope = 0.01);

}  // namespace retrograd::nn
