// Activations by name: what stands between layers, where a layer is told which. Layers that are activations stand in
// nn/layers/activation_layers.h, the functions themselves in ops. Knows no layer.
#pragma once
#include <string_view>

#include "../../core/tensor/tensor.h"

namespace retrograd::nn {

/// An activation function, applied element by element.
enum class Activation {
  identity,    ///< x itself
  relu,        ///< max(x, 0)
  leaky_relu,  ///< x where x > 0, else x/100
  sigmoid,     ///< 1 / (1 + e^−x)
  tanh,        ///< the hyperbolic tangent
  gelu,        ///< x · Φ(x), where Φ is the normal distribution
  selu,        ///< the self-normalizing one; see rg::selu
  silu         ///< x · sigmoid(x)
};

/// The activation of x, of the same shape; float32, float64.
Tensor activate(Activation activation, const Tensor& x);
/// "relu" and so on.
std::string_view name(Activation activation);

/// The factor on the standard deviation of weights that makes up for what the activation before them takes away:
/// PyTorch's numbers, 1 for identity and sigmoid, 5/3 for tanh, √2 for relu, √(2/(1 + slope²)) for leaky_relu, 3/4 for
/// selu. Error for gelu and silu, which have none.
double calculate_gain(Activation activation, double slope = 0.01);

}  // namespace retrograd::nn
