#include "onnx.h"

#include <limits>

#include "../../core/base/error.h"
#include "../../core/base/version.h"
#include "../../core/compute/creation.h"
#include "../../core/tensor/file.h"
#include "../../core/tensor/format.h"
#include "../../nn/base/training.h"
#include "onnx_layers.h"
#include "protobuf.h"

namespace retrograd::detail {

namespace {

using tools::OnnxGraph;
using tools::OnnxOptions;

constexpr std::int64_t kFirstOpset = 13,
                       kLastOpset = 17;  // the versions in which the operators used here have the same form
constexpr std::int64_t kIrVersion = 8;
constexpr std::size_t kLargestFile = std::numeric_limits<std::int32_t>::max();  // the limit of protocol buffers

// Field and type numbers are defined in onnx.proto.
std::int64_t element_type(Dtype dtype) {
  switch (dtype) {
    case Dtype::float64:
      return 11;
    case Dtype::int64:
      return 7;
    case Dtype::boolean:
      return 9;
    case Dtype::uint8:
      return 2;
    case Dtype::float32:
      break;
  }
  return 1;
}

ProtobufMessage tensor_message(const OnnxGraph::Constant& constant) {
  const Tensor& x = constant.values;
  ProtobufMessage message;
  for (const std::int64_t size : x.shape()) message.number(1, size);
  message.number(2, element_type(x.dtype()));
  message.bytes(8, constant.name);
  message.bytes(
      9, {reinterpret_cast<const char*>(x.body().data),
          static_cast<std::size_t>(x.size()) * size_of(x.dtype())});  // little-endian, as on the supported platforms
  return message;
}

ProtobufMessage attribute_message(const tools::OnnxAttribute& attribute) {
  enum Kind { kFloat = 1, kInt = 2, kInts = 7 };
  ProtobufMessage message;
  message.bytes(1, attribute.name);
  Kind kind = kInts;
  if (const auto* number = std::get_if<std::int64_t>(&attribute.value)) {
    kind = kInt;
    message.number(3, *number);
  } else if (const auto* real = std::get_if<double>(&attribute.value)) {
    kind = kFloat;
    message.real(2, static_cast<float>(*real));
  } else {
    for (const std::int64_t one : std::get<std::vector<std::int64_t>>(attribute.value)) message.number(8, one);
  }
  message.number(20, kind);
  return message;
}

ProtobufMessage node_message(const OnnxGraph::Node& node) {
  ProtobufMessage message;
  for (const std::string& input : node.inputs) message.bytes(1, input);
  message.bytes(2, node.output);
  message.bytes(3, node.output);  // nodes need a name too
  message.bytes(4, node.op);
  for (const tools::OnnxAttribute& attribute : node.attributes) message.message(5, attribute_message(attribute));
  return message;
}

// A value whose first axis is the batch, "N".
ProtobufMessage value_message(const std::string& name, const Tensor& example) {
  ProtobufMessage shape, dimension;
  dimension.bytes(2, "N");
  shape.message(1, dimension);
  for (int axis = 1; axis < example.rank(); ++axis) {
    ProtobufMessage fixed;
    fixed.number(1, example.size(axis));
    shape.message(1, fixed);
  }
  ProtobufMessage tensor_type, type, message;
  tensor_type.number(1, element_type(example.dtype()));
  tensor_type.message(2, shape);
  type.message(1, tensor_type);
  message.bytes(1, name);
  message.message(2, type);
  return message;
}

std::string model_text(const OnnxGraph& graph, const tools::OnnxValue& input, const tools::OnnxValue& output,
                       const OnnxOptions& options) {
  ProtobufMessage body;
  for (const OnnxGraph::Node& node : graph.nodes()) body.message(1, node_message(node));
  body.bytes(2, options.name);
  for (const OnnxGraph::Constant& constant : graph.constants()) body.message(5, tensor_message(constant));
  body.message(11, value_message(input.name, input.example));
  body.message(12, value_message(output.name, output.example));
  ProtobufMessage opset, model;
  opset.bytes(1, "");
  opset.number(2, options.opset);
  model.number(1, kIrVersion);
  model.bytes(2, "retrograd");
  model.bytes(3, version());
  model.message(7, body);
  model.message(8, opset);
  return model.text();
}

}  // namespace

Tensor onnx_example(const Shape& input_shape, std::span<const Parameter> parameters, const OnnxOptions& options) {
  if (nn::training()) fail("export_onnx: exports models in evaluation mode, but was called within nn::Training");
  if (options.opset < kFirstOpset || options.opset > kLastOpset)
    fail("export_onnx: the opset must be from {} to {}, got {}", kFirstOpset, kLastOpset, options.opset);
  if (options.input.empty() || options.output.empty() || options.input == options.output)
    fail("export_onnx: input and output need distinct, nonempty names, got \"{}\" and \"{}\"", options.input,
         options.output);
  Dtype dtype = float32;
  for (const Parameter& one : parameters)
    if (is_floating(one.tensor.dtype())) {
      dtype = one.tensor.dtype();
      break;
    }
  Shape shape{2};
  for (const std::int64_t size : input_shape) shape.push_back(size);
  return zeros(shape, options.dtype.value_or(dtype));
}

void write_onnx(FunctionRef<tools::OnnxValue(OnnxGraph&, const tools::OnnxValue&)> write, const Tensor& example,
                const Tensor& output, const std::string& file, const OnnxOptions& options) {
  if (output.rank() == 0 || output.size(0) != example.size(0))
    fail<ShapeError>("export_onnx: the model maps a batch {} to {}; the first axis must remain the batch axis",
                     example.shape(), output.shape());
  std::vector<tools::OnnxLayer> layers = options.layers;
  layers.insert(layers.end(), onnx_layers().begin(), onnx_layers().end());
  OnnxGraph graph(layers);
  for (const std::string& name : {options.input, options.output}) graph.reserve(name);
  const tools::OnnxValue input{options.input, example};
  graph.finish(write(graph, input).name, options.output);
  const std::string text = model_text(graph, input, {options.output, output}, options);
  if (text.size() > kLargestFile)
    fail("export_onnx: the model needs {} bytes, but an ONNX file holds at most {}", text.size(), kLargestFile);
  NewFile out(file);
  out.write(text.data(), text.size());
  out.finish();
}

}  // namespace retrograd::detail
