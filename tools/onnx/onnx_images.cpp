#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/tensor/format.h"
#include "../../nn/layers/batch_norm.h"
#include "../../nn/layers/convolution.h"
#include "../../nn/layers/dropout.h"
#include "../../nn/layers/flatten.h"
#include "../../nn/layers/pooling.h"
#include "onnx_layers.h"

namespace retrograd::detail {

namespace {

using tools::OnnxAttribute;
using tools::OnnxGraph;
using tools::OnnxLayer;
using tools::OnnxValue;
using Ints = std::vector<std::int64_t>;

Ints ints(Size2d size) { return {size.rows, size.columns}; }
Ints ints(std::int64_t size) { return {size}; }

// The attributes of windows, for Conv and the pools; ONNX lists the padding at the start of all axes first, then at the
// end.
template <class Size>
std::vector<OnnxAttribute> windows(Ints kernel, Size stride, Size padding) {
  Ints pads = ints(padding);
  pads.insert(pads.end(), pads.begin(), pads.begin() + static_cast<std::ptrdiff_t>(kernel.size()));
  return {{"kernel_shape", std::move(kernel)}, {"strides", ints(stride)}, {"pads", pads}};
}

template <class Layer>
std::string convolution(const Layer& layer, OnnxGraph& graph, const OnnxValue& x) {
  std::vector<std::string> inputs = {x.name, graph.constant("weight", layer.weight)};
  if (layer.bias.defined()) inputs.push_back(graph.constant("bias", layer.bias));
  const Shape& shape = layer.weight.shape();
  std::vector<OnnxAttribute> attributes =
      windows(Ints(shape.begin() + 2, shape.end()), layer.options.stride, layer.options.padding);
  attributes.push_back({"dilations", ints(layer.options.dilation)});
  attributes.push_back({"group", layer.options.groups});
  constexpr bool is_transposed = std::is_same_v<Layer, nn::ConvTranspose2d>;
  if constexpr (is_transposed) attributes.push_back({"output_padding", ints(layer.options.output_padding)});
  return graph.node(is_transposed ? "ConvTranspose" : "Conv", std::move(inputs), std::move(attributes));
}

// The stride of pooling windows defaults to their size.
template <class Layer>
Size2d stride_of(const Layer& layer) {
  return layer.options.stride.rows == kSideBySide ? layer.size : layer.options.stride;
}

std::string max_pool(const nn::MaxPool2d& layer, OnnxGraph& graph, const OnnxValue& x) {
  std::vector<OnnxAttribute> attributes = windows(ints(layer.size), stride_of(layer), layer.options.padding);
  attributes.push_back({"dilations", ints(layer.options.dilation)});
  return graph.node("MaxPool", {x.name}, std::move(attributes));
}

std::string avg_pool(const nn::AvgPool2d& layer, OnnxGraph& graph, const OnnxValue& x) {
  if (layer.options.dilation.rows != 1 || layer.options.dilation.columns != 1)
    fail("export_onnx: {} is an AvgPool2d with dilation ({}, {}), which ONNX's AveragePool does not support",
         graph.place(), layer.options.dilation.rows, layer.options.dilation.columns);
  std::vector<OnnxAttribute> attributes = windows(ints(layer.size), stride_of(layer), layer.options.padding);
  attributes.push_back({"count_include_pad", 1});
  return graph.node("AveragePool", {x.name}, std::move(attributes));
}

std::string adaptive_avg_pool(const nn::AdaptiveAvgPool2d& layer, OnnxGraph& graph, const OnnxValue& x) {
  if (layer.size.rows == 1 && layer.size.columns == 1) return graph.node("GlobalAveragePool", {x.name});
  const std::int64_t rows = x.example.size(2), columns = x.example.size(3);
  if (rows % layer.size.rows != 0 || columns % layer.size.columns != 0)
    fail("export_onnx: {} is an AdaptiveAvgPool2d from ({}, {}) to ({}, {}), but ONNX requires windows of equal size",
         graph.place(), rows, columns, layer.size.rows, layer.size.columns);
  const Size2d window(rows / layer.size.rows, columns / layer.size.columns);
  return graph.node("AveragePool", {x.name}, windows(ints(window), window, Size2d(0)));
}

template <int kSpatial>
std::string batch_norm(const nn::BatchNorm<kSpatial>& layer, OnnxGraph& graph, const OnnxValue& x) {
  if (!layer.options.track_running_stats)
    fail("export_onnx: {} is a BatchNorm{}d without running statistics, whose values depend on the whole batch",
         graph.place(), kSpatial);
  const Tensor one = ones({layer.channels()}, x.example.dtype());
  return graph.node("BatchNormalization",
                    {x.name, graph.constant("weight", layer.options.affine ? layer.weight : one),
                     graph.constant("bias", layer.options.affine ? layer.bias : zeros_like(one)),
                     graph.constant("running_mean", layer.running_mean.tensor),
                     graph.constant("running_var", layer.running_var.tensor)},
                    {{"epsilon", layer.options.epsilon}});
}

std::string flatten(const nn::Flatten& layer, OnnxGraph& graph, const OnnxValue& x) {
  const int start = normal_axis("Flatten", layer.start_dim, x.example.rank());
  if (start == 1) return graph.node("Flatten", {x.name}, {{"axis", 1}});
  Ints sizes(static_cast<std::size_t>(start), 0);  // 0 keeps an axis, -1 infers it
  sizes.push_back(-1);
  return graph.node("Reshape", {x.name, graph.constant("shape", tensor(sizes, {start + 1}))});
}

}  // namespace

void add_image_layers(std::vector<OnnxLayer>& layers) {
  const OnnxLayer all[] = {
      tools::onnx_layer<nn::Conv1d>(convolution<nn::Conv1d>),
      tools::onnx_layer<nn::Conv2d>(convolution<nn::Conv2d>),
      tools::onnx_layer<nn::ConvTranspose2d>(convolution<nn::ConvTranspose2d>),
      tools::onnx_layer<nn::MaxPool2d>(max_pool),
      tools::onnx_layer<nn::AvgPool2d>(avg_pool),
      tools::onnx_layer<nn::AdaptiveAvgPool2d>(adaptive_avg_pool),
      tools::onnx_layer<nn::BatchNorm1d>(batch_norm<1>),
      tools::onnx_layer<nn::BatchNorm2d>(batch_norm<2>),
      tools::onnx_layer<nn::Flatten>(flatten),
      tools::onnx_layer<nn::Dropout>(
          [](const nn::Dropout&, OnnxGraph&, const OnnxValue& x) { return x.name; }),  // omitted, as in evaluation
  };
  layers.insert(layers.end(), std::begin(all), std::end(all));
}

}  // namespace retrograd::detail
