#include "onnx_layers.h"

#include <cmath>
#include <numbers>

#include "../../core/base/error.h"
#include "../../core/tensor/format.h"
#include "../../nn/layers/activation_layers.h"
#include "../../nn/layers/embedding.h"
#include "../../nn/layers/linear.h"
#include "../../nn/layers/mlp.h"
#include "../../nn/layers/normalization.h"
#include "../../nn/layers/residual.h"
#include "../../ops/elementwise/activations.h"
#include "../../ops/elementwise/hyperbolic.h"
#include "../../ops/elementwise/rectifiers.h"
#include "../../ops/shape/views.h"

namespace retrograd::detail {

namespace {

using tools::OnnxGraph;
using tools::OnnxValue;

std::string linear(const nn::Linear& layer, OnnxGraph& graph, const OnnxValue& x) {
  if (x.example.rank() < 2)  // otherwise the layer would read the batch axis as features
    fail<ShapeError>("export_onnx: {}: expected an input (N, …, {}), got {} for a batch of two", graph.place(),
                     layer.weight.size(1), x.example.shape());
  const bool has_bias = layer.bias.defined();
  if (x.example.rank() == 2) {
    std::vector<std::string> inputs = {x.name, graph.constant("weight", layer.weight)};
    if (has_bias) inputs.push_back(graph.constant("bias", layer.bias));
    return graph.node("Gemm", std::move(inputs), {{"transB", 1}});
  }
  const std::string product = graph.node("MatMul", {x.name, graph.constant("weight_t", transpose(layer.weight))});
  return has_bias ? graph.node("Add", {product, graph.constant("bias", layer.bias)}) : product;
}

std::string gelu(const nn::Gelu& layer, OnnxGraph& graph, const OnnxValue& x) {
  const auto number = [&](const char* name, double value) { return graph.constant(name, value, x.example.dtype()); };
  const auto node = [&](const char* op, const std::string& a, const std::string& b) { return graph.node(op, {a, b}); };
  std::string inner;
  if (layer.approximate == GeluApproximation::none) {
    inner = graph.node("Erf", {node("Mul", x.name, number("root_half", std::numbers::sqrt2 / 2))});
  } else {
    const std::string cube = node("Mul", node("Mul", x.name, x.name), x.name);
    const std::string sum = node("Add", x.name, node("Mul", cube, number("cubic", 0.044715)));
    inner = graph.node("Tanh", {node("Mul", sum, number("root_two_over_pi", std::sqrt(2 / std::numbers::pi)))});
  }
  const std::string half = node("Mul", x.name, number("half", 0.5));
  return node("Mul", half, node("Add", inner, number("one", 1)));
}

std::string activation(nn::Activation which, OnnxGraph& graph, const OnnxValue& x) {
  switch (which) {
    case nn::Activation::relu:
      return graph.node("Relu", {x.name});
    case nn::Activation::leaky_relu:
      return graph.node("LeakyRelu", {x.name}, {{"alpha", 0.01}});
    case nn::Activation::sigmoid:
      return graph.node("Sigmoid", {x.name});
    case nn::Activation::tanh:
      return graph.node("Tanh", {x.name});
    case nn::Activation::gelu:
      return gelu(nn::Gelu{}, graph, x);
    case nn::Activation::selu:
      return graph.node("Selu", {x.name});
    case nn::Activation::silu:
      return graph.node("Mul", {x.name, graph.node("Sigmoid", {x.name})});
    case nn::Activation::identity:
      break;
  }
  return x.name;
}

std::string mlp(const nn::Mlp& model, OnnxGraph& graph, const OnnxValue& x) {
  OnnxValue y = x;
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    y = graph.layer(fmt::format("layers.{}", i), model.layers[i], y);
    if (i + 1 < model.layers.size()) y.name = activation(model.activation, graph, y);
  }
  return y.name;
}

// The mean over the innermost axes, which are kept with size 1.
std::string inner_mean(OnnxGraph& graph, const std::string& x, int axes) {
  std::vector<std::int64_t> innermost;
  for (int axis = -axes; axis < 0; ++axis) innermost.push_back(axis);
  return graph.node("ReduceMean", {x}, {{"axes", innermost}, {"keepdims", 1}});
}

// x / √(mean(x²) + ε) over the innermost axes.
std::string scaled(OnnxGraph& graph, const std::string& x, int axes, double epsilon, Dtype dtype) {
  const std::string power = inner_mean(graph, graph.node("Mul", {x, x}), axes);
  const std::string sum = graph.node("Add", {power, graph.constant("epsilon", epsilon, dtype)});
  return graph.node("Div", {x, graph.node("Sqrt", {sum})});
}

std::string centered(OnnxGraph& graph, const std::string& x, int axes) {
  return graph.node("Sub", {x, inner_mean(graph, x, axes)});
}

std::string layer_norm(const nn::LayerNorm& layer, OnnxGraph& graph, const OnnxValue& x) {
  const int axes = layer.normalized_shape.rank();
  const std::string y = scaled(graph, centered(graph, x.name, axes), axes, layer.options.epsilon, x.example.dtype());
  if (!layer.options.affine) return y;
  const std::string product = graph.node("Mul", {y, graph.constant("weight", layer.weight)});
  return graph.node("Add", {product, graph.constant("bias", layer.bias)});
}

std::string rms_norm(const nn::RmsNorm& layer, OnnxGraph& graph, const OnnxValue& x) {
  const std::string y = scaled(graph, x.name, layer.normalized_shape.rank(), layer.options.epsilon, x.example.dtype());
  return layer.options.affine ? graph.node("Mul", {y, graph.constant("weight", layer.weight)}) : y;
}

std::string embedding(const nn::Embedding& layer, OnnxGraph& graph, const OnnxValue& x) {
  return graph.node("Gather", {graph.constant("weight", layer.weight), x.name}, {{"axis", 0}});
}

template <class Inner>
std::string residual(const nn::Residual<Inner>& layer, OnnxGraph& graph, const OnnxValue& x) {
  return graph.node("Add", {x.name, graph.layer("layer", layer.layer, x).name});
}

}  // namespace

std::span<const tools::OnnxLayer> onnx_layers() {
  static const auto& all =
      *new std::vector<tools::OnnxLayer>([] {  // never destroyed, since destructors at exit may still use it
        std::vector<tools::OnnxLayer> layers = {
            tools::onnx_layer<nn::Linear>(linear),
            tools::onnx_layer<nn::Mlp>(mlp),
            tools::onnx_layer<nn::Residual<nn::Sequential>>(residual<nn::Sequential>),
            tools::onnx_layer<nn::Residual<nn::Mlp>>(residual<nn::Mlp>),
            tools::onnx_layer<nn::Residual<nn::Linear>>(residual<nn::Linear>),
            tools::onnx_layer<nn::Embedding>(embedding),
            tools::onnx_layer<nn::LayerNorm>(layer_norm),
            tools::onnx_layer<nn::RmsNorm>(rms_norm),
            tools::onnx_layer<nn::Gelu>(gelu),
            tools::onnx_layer<nn::LeakyRelu>([](const nn::LeakyRelu& layer, OnnxGraph& graph, const OnnxValue& x) {
              return graph.node("LeakyRelu", {x.name}, {{"alpha", layer.slope}});
            }),
            tools::onnx_layer<nn::Elu>([](const nn::Elu& layer, OnnxGraph& graph, const OnnxValue& x) {
              return graph.node("Elu", {x.name}, {{"alpha", layer.alpha}});
            }),
            tools::onnx_layer<nn::Softmax>([](const nn::Softmax& layer, OnnxGraph& graph, const OnnxValue& x) {
              return graph.node("Softmax", {x.name}, {{"axis", layer.axis}});
            }),
            tools::onnx_layer<nn::LogSoftmax>([](const nn::LogSoftmax& layer, OnnxGraph& graph, const OnnxValue& x) {
              return graph.node("LogSoftmax", {x.name}, {{"axis", layer.axis}});
            }),
        };
        add_image_layers(layers);
        add_functions(layers);
        return layers;
      }());
  return all;
}

}  // namespace retrograd::detail
