// The graph of an ONNX model under construction: nodes in execution order, and constants named after the model's
// tensors. The ONNX form of a layer is a function from the layer and the name of its input to the name of its output;
// users add forms of their own layers with onnx_layer. Does not depend on any layer.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "../../core/tensor/tensor.h"
#include "../../nn/layers/sequential.h"

namespace retrograd::detail {
/// The name of a type as in the user's code, without our own namespaces.
std::string type_name(const std::type_info& type);
}  // namespace retrograd::detail

namespace retrograd::tools {

class OnnxGraph;

/// A value passed from one layer to the next.
struct OnnxValue {
  /// Its name in the graph.
  std::string name;
  /// Its value for a batch of two samples of zeros, for its dtype and its shape, whose first axis is the batch.
  Tensor example;
};

/// An attribute of a node: {"axis", 1}, {"alpha", 0.5}, {"strides", {2, 2}}.
struct OnnxAttribute {
  /// As in the operator's specification.
  std::string name;
  /// An integer, a number (which ONNX stores as float32), or a list of integers.
  std::variant<std::int64_t, double, std::vector<std::int64_t>> value;
};

/// How layers of one type are written; see onnx_layer.
struct OnnxLayer {
  /// The name of the type in errors.
  std::string type;
  /// Writes layer i if it is of the type and returns the name of its output; otherwise nullopt.
  std::function<std::optional<std::string>(const nn::Sequential& layers, std::size_t i, OnnxGraph& graph,
                                           const OnnxValue& x)>
      write;
};

/// The graph that layers are written into.
class OnnxGraph {
 public:
  /// A graph whose layers are each written by the first matching entry.
  explicit OnnxGraph(std::span<const OnnxLayer> layers);
  ~OnnxGraph();

  /// Adds a node of this operator and returns the name of its single output.
  std::string node(const std::string& op, std::vector<std::string> inputs, std::vector<OnnxAttribute> attributes = {});
  /// Adds a tensor of the model, with this name in the current layer, and returns its full name. A tensor is stored
  /// only once.
  std::string constant(const std::string& name, const Tensor& x);
  /// A scalar constant of this dtype.
  std::string constant(const std::string& name, double value, Dtype dtype);
  /// Writes a layer, or a whole model, that is a member of the current layer: `name` is that of its field, "inner".
  /// Error, naming the part and its type, where its ONNX form is not defined.
  template <nn::Layer L>
  OnnxValue layer(const std::string& name, const L& part, const OnnxValue& x) {
    if constexpr (std::same_as<L, nn::Sequential>)
      return within(name, [&] { return sequence(part, x); });
    else
      return within(name, [&] { return layer_of(nn::Sequential(part), 0, x); });
  }
  /// Writes the layers in order, as the parts "0", "1", ….
  OnnxValue sequence(const nn::Sequential& layers, const OnnxValue& x);

  /// The current layer as in errors: layer "1.inner", or the model.
  std::string place() const;

  /// A tensor with its full name in the file.
  struct Constant {
    std::string name;  ///< the full name
    Tensor values;     ///< contiguous
  };
  /// An operator applied to values.
  struct Node {
    std::string op;                         ///< the operator
    std::vector<std::string> inputs;        ///< names of values and constants
    std::string output;                     ///< the name of its result
    std::vector<OnnxAttribute> attributes;  ///< in the order given
  };
  /// All nodes, in execution order.
  const std::vector<Node>& nodes() const { return nodes_; }
  /// All constants, in the order they were added.
  const std::vector<Constant>& constants() const { return constants_; }
  /// Reserves a name, such as the input's, so that nothing else gets it.
  void reserve(const std::string& name);
  /// Renames a value to the model's output.
  void finish(const std::string& value, const std::string& output);

 private:
  template <class F>
  OnnxValue within(const std::string& name, F write) {
    const std::size_t before = prefix_.size();
    if (!name.empty()) prefix_ += name + '.';
    OnnxValue y = write();
    prefix_.resize(before);
    return y;
  }
  OnnxValue layer_of(const nn::Sequential& layers, std::size_t i, const OnnxValue& x);
  std::string unique(const std::string& name);

  std::span<const OnnxLayer> layers_;
  std::string prefix_;  // of the current layer: "" or "layers.0."
  std::vector<Node> nodes_;
  std::vector<Constant> constants_;
  std::unordered_map<const detail::Body*, std::string>
      stored_;  // the names of tensors already stored, which kept_ keeps alive
  std::vector<Tensor> kept_;
  std::unordered_set<std::string> names_;
};

/// How layers of type L are written: write(layer, graph, x) adds nodes and constants with graph.constant, graph.node
/// and graph.layer, and returns the name of the output:
///   onnx_layer<Scale>([](const Scale& layer, OnnxGraph& graph, const OnnxValue& x) {
///     return graph.node("Mul", {x.name, graph.constant("factor", layer.factor)});
///   })
template <nn::Layer L, class F>
OnnxLayer onnx_layer(F write) {
  return {detail::type_name(typeid(L)),
          [write](const nn::Sequential& layers, std::size_t i, OnnxGraph& graph,
                  const OnnxValue& x) -> std::optional<std::string> {
            const L* layer = layers.get_if<L>(i);
            if (!layer) return std::nullopt;
            return write(*layer, graph, x);
          }};
}

}  // namespace retrograd::tools
