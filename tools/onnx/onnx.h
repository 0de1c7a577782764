// Exports models as ONNX files, which other programs run (ONNX Runtime, OpenCV, browsers). A model is written layer by
// layer, with the names and layouts of its tensors, for batches of any size: the batch axis is "N". Layers are exported
// in evaluation mode. If a layer has no ONNX form, that is an error and no file is written.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "../../core/base/function_ref.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/fields.h"
#include "onnx_graph.h"

namespace retrograd::tools {

/// The options of export_onnx.
struct OnnxOptions {
  /// The name of the graph.
  std::string name = "model";
  /// The name of the graph's input.
  std::string input = "input";
  /// The name of the graph's output.
  std::string output = "output";
  /// The version of ONNX's operator set, from 13 to 17.
  std::int64_t opset = 13;
  /// The dtype of the input; by default that of the model's first floating parameter, or float32 if it has none.
  std::optional<Dtype> dtype = {};
  /// How user-defined layers are written, see onnx_layer; these take precedence over the library's own.
  std::vector<OnnxLayer> layers = {};
};

}  // namespace retrograd::tools

namespace retrograd::detail {

/// A batch of two samples of zeros; throws if the arguments are invalid for every model.
Tensor onnx_example(const Shape& input_shape, std::span<const Parameter> parameters, const tools::OnnxOptions& options);
/// Writes the nodes that `write` adds to the graph; `output` is the model's output for the example.
void write_onnx(FunctionRef<tools::OnnxValue(tools::OnnxGraph&, const tools::OnnxValue&)> write, const Tensor& example,
                const Tensor& output, const std::string& file, const tools::OnnxOptions& options);

}  // namespace retrograd::detail

namespace retrograd::tools {

/// Exports a model (a layer, a Sequential, a network) whose inputs have this shape, without the batch axis:
/// export_onnx(mlp, {784}, "mlp.onnx"). The file is written completely or not at all. Error where a layer has no ONNX
/// form, naming the layer and its type, and within nn::Training; the layers' own errors where the shape does not fit;
/// FileError where the file cannot be written.
template <nn::Layer Model>
void export_onnx(const Model& model, const Shape& input_shape, const std::string& file,
                 const OnnxOptions& options = {}) {
  const NoTape off;
  std::vector<Parameter> tensors;
  if constexpr (HasFields<Model>) tensors = parameters(model);
  const Tensor example = detail::onnx_example(input_shape, tensors, options);
  const Tensor output = model(example);
  const auto write = [&](OnnxGraph& graph, const OnnxValue& x) { return graph.layer("", model, x); };
  detail::write_onnx(write, example, output, file, options);
}

}  // namespace retrograd::tools
