#include "activation.h"

#include <cmath>
#include <numbers>

#include "../../core/base/error.h"
#include "../../core/tape/linear.h"
#include "../../ops/elementwise/activations.h"
#include "../../ops/elementwise/hyperbolic.h"
#include "../../ops/elementwise/rectifiers.h"

namespace retrograd::nn {

Tensor activate(Activation activation, const Tensor& x) {
  switch (activation) {
    case Activation::relu:
      return relu(x);
    case Activation::leaky_relu:
      return leaky_relu(x);
    case Activation::sigmoid:
      return sigmoid(x);
    case Activation::tanh:
      return tanh(x);
    case Activation::gelu:
      return gelu(x);
    case Activation::selu:
      return selu(x);
    case Activation::silu:
      return silu(x);
    case Activation::identity:
      break;
  }
  return detail::copied(x);
}

std::string_view name(Activation activation) {
  switch (activation) {
    case Activation::relu:
      return "relu";
    case Activation::leaky_relu:
      return "leaky_relu";
    case Activation::sigmoid:
      return "sigmoid";
    case Activation::tanh:
      return "tanh";
    case Activation::gelu:
      return "gelu";
    case Activation::selu:
      return "selu";
    case Activation::silu:
      return "silu";
    case Activation::identity:
      break;
  }
  return "identity";
}

double calculate_gain(Activation activation, double slope) {
  switch (activation) {
    case Activation::tanh:
      return 5.0 / 3;
    case Activation::relu:
      return std::numbers::sqrt2;
    case Activation::leaky_relu:
      return std::sqrt(2 / (1 + slope * slope));
    case Activation::selu:
      return 0.75;
    case Activation::gelu:
    case Activation::silu:
      detail::fail("calculate_gain: no gain is defined for {}", name(activation));
    case Activation::identity:
    case Activation::sigmoid:
      break;
  }
  return 1;
}

}  // namespace retrograd::nn
