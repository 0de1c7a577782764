// Writing models as ONNX files, which other programs run (ONNX Runtime, OpenCV, browsers). A model is written as the
// layers it is made of, with the names and the layout that its tensors have here, for batches of any size: the batch is
// the axis "N". What a layer does in training is left out. What has no ONNX form is an error, and no file.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "../../core/base/function_ref.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/fields.h"
#include "onnx_graph.h"

namespace retrograd::tools {

/// What else an ONNX file says.
struct OnnxOptions {
  /// The name of the graph.
  std::string name = "model";
  /// The name of its input.
  std::string input = "input";
  /// The name of its output.
  std::string output = "output";
  /// The version of ONNX's operators, from 13 to 17.
  std::int64_t opset = 13;
  /// The dtype of the input; that of the model's first floating parameter by default, float32 where it has none.
  std::optional<Dtype> dtype = {};
  /// How layers of the user's own are written, see onnx_layer; these come before those of the library.
  std::vector<OnnxLayer> layers = {};
};

}  // namespace retrograd::tools

namespace retrograd::detail {

/// A batch of two samples of zeros; refuses what cannot be exported whatever the model.
Tensor onnx_example(const Shape& input_shape, std::span<const Parameter> parameters, const tools::OnnxOptions& options);
/// Writes what `write` adds to the graph; `output` is what the model makes of the example.
void write_onnx(FunctionRef<tools::OnnxValue(tools::OnnxGraph&, const tools::OnnxValue&)> write, const Tensor& example,
                const Tensor& output, const std::string& file, const tools::OnnxOptions& options);

}  // namespace retrograd::detail

namespace retrograd::tools {

/// Writes a model (a layer, a Sequential of them, a network) that takes inputs of this shape, which is without the axis
/// of the batch: export_onnx(mlp, {784}, "mlp.onnx"). The file appears whole or not at all. Error where a layer has no
/// ONNX form, which names it and its type, and within nn::Training; the layers' own errors where the shape does not
/// fit; FileError where the file cannot be written.
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
