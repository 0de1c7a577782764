#include "mlp.h"

#include "../../core/base/error.h"
#include "../../ops/network/linear.h"
#include "../base/within.h"

namespace retrograd::detail {

Tensor activated(const nn::Linear& layer, nn::Activation activation, const Tensor& x) {
  if (!layer.bias.defined()) return nn::activate(activation, layer(x));
  switch (activation) {
    case nn::Activation::relu:
      return linear_relu(x, layer.weight, layer.bias);
    case nn::Activation::sigmoid:
      return linear_sigmoid(x, layer.weight, layer.bias);
    case nn::Activation::tanh:
      return linear_tanh(x, layer.weight, layer.bias);
    case nn::Activation::identity:
      return layer(x);
    default:
      return nn::activate(activation, layer(x));
  }
}

}  // namespace retrograd::detail

namespace retrograd::nn {

Mlp::Mlp(const std::vector<std::int64_t>& sizes, Activation between, Rng& rng, const Initializer& initializer,
         Dtype dtype)
    : activation(between) {
  if (sizes.size() < 2) detail::fail<ShapeError>("Mlp: expects at least two sizes, got {}", sizes.size());
  layers.reserve(sizes.size() - 1);
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i)
    layers.emplace_back(sizes[i], sizes[i + 1], rng, initializer, dtype);
}

namespace {

Tensor through_all(const Tensor& x, const std::vector<Linear>& layers, Activation activation) {
  Tensor y = x;
  for (std::size_t i = 0; i < layers.size(); ++i)
    y = within(i, detail::activated, layers[i], i + 1 < layers.size() ? activation : Activation::identity, y);
  return y;
}

}  // namespace

Tensor Mlp::operator()(const Tensor& x) const { return within("layers", through_all, x, layers, activation); }

}  // namespace retrograd::nn
