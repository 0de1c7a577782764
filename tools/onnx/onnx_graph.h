// The graph of an ONNX model while layers write themselves into it: nodes in the order in which they run, and constants
// under the dotted names that the model's tensors have. A layer's form is one function from the layer and the name of
// its input to the name of its output; a user adds his own layers' with onnx_layer. Knows no layer itself.
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
/// The name of a type as its user writes it, without our own namespaces.
std::string type_name(const std::type_info& type);
}  // namespace retrograd::detail

namespace retrograd::tools {

class OnnxGraph;

/// What flows from one layer to the next.
struct OnnxValue {
  /// Its name in the graph.
  std::string name;
  /// What it is for a batch of two samples of zeros: for its shape, whose first axis is the batch, and its dtype.
  Tensor example;
};

/// An attribute of a node: {"axis", 1}, {"alpha", 0.5}, {"strides", {2, 2}}.
struct OnnxAttribute {
  /// As the operator's specification calls it.
  std::string name;
  /// A whole number, a number (which ONNX stores as float32), or whole numbers.
  std::variant<std::int64_t, double, std::vector<std::int64_t>> value;
};

/// How layers of one type are written; made by onnx_layer.
struct OnnxLayer {
  /// What the type is called in errors.
  std::string type;
  /// Writes layer i where it is of the type and returns the name of its output; nothing where it is another.
  std::function<std::optional<std::string>(const nn::Sequential& layers, std::size_t i, OnnxGraph& graph,
                                           const OnnxValue& x)>
      write;
};

/// The graph that layers are written into.
class OnnxGraph {
 public:
  /// A graph whose layers are written by the first of these that takes them.
  explicit OnnxGraph(std::span<const OnnxLayer> layers);
  ~OnnxGraph();

  /// Adds a node of this operator and returns the name of its only output.
  std::string node(const std::string& op, std::vector<std::string> inputs, std::vector<OnnxAttribute> attributes = {});
  /// Adds values that the model brings, under this name within the layer at hand, and returns the whole name. A tensor
  /// that was added before is not stored twice.
  std::string constant(const std::string& name, const Tensor& x);
  /// The same of one number of this dtype.
  std::string constant(const std::string& name, double value, Dtype dtype);
  /// Writes a layer, or a whole model, that is a part of the one at hand: `name` is its field's, "inner". Error where
  /// nobody knows how, which names the part and its type.
  template <nn::Layer L>
  OnnxValue layer(const std::string& name, const L& part, const OnnxValue& x) {
    if constexpr (std::same_as<L, nn::Sequential>)
      return within(name, [&] { return sequence(part, x); });
    else
      return within(name, [&] { return layer_of(nn::Sequential(part), 0, x); });
  }
  /// Writes the layers one after another, as the parts "0", "1", ….
  OnnxValue sequence(const nn::Sequential& layers, const OnnxValue& x);

  /// The layer at hand as errors call it: layer "1.inner", or the model.
  std::string place() const;

  /// A tensor under the whole name it has in the file.
  struct Constant {
    std::string name;  ///< the whole name
    Tensor values;     ///< contiguous
  };
  /// One operator at work.
  struct Node {
    std::string op;                         ///< the operator
    std::vector<std::string> inputs;        ///< names of values and constants
    std::string output;                     ///< the name of what it gives
    std::vector<OnnxAttribute> attributes;  ///< in the order given
  };
  /// All nodes in the order in which they run.
  const std::vector<Node>& nodes() const { return nodes_; }
  /// All constants in the order in which they were added.
  const std::vector<Constant>& constants() const { return constants_; }
  /// Takes a name, so that nothing else gets it: the input's.
  void reserve(const std::string& name);
  /// Gives a value the name of the model's output.
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
  std::string prefix_;  // of the layer at hand: "" or "layers.0."
  std::vector<Node> nodes_;
  std::vector<Constant> constants_;
  std::unordered_map<const detail::Body*, std::string> stored_;  // the tensors that were handed in; kept_ holds them
  std::vector<Tensor> kept_;
  std::unordered_set<std::string> names_;
};

/// How layers of type L are written: write(layer, graph, x) adds what it needs with graph.constant, graph.node and
/// graph.layer, and returns the name of the output:
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
