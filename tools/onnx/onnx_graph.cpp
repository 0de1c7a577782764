#include "onnx_graph.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/tensor/format.h"

std::string retrograd::detail::type_name(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> readable(abi::__cxa_demangle(type.name(), nullptr, nullptr, &status),
                                                        &std::free);
  std::string name = readable ? readable.get() : type.name();
  for (const std::string_view own : {"retrograd::nn::", "retrograd::"})
    for (std::size_t at = name.find(own); at != std::string::npos; at = name.find(own, at)) name.erase(at, own.size());
  return name;
}

namespace retrograd::tools {

OnnxGraph::OnnxGraph(std::span<const OnnxLayer> layers) : layers_(layers) {}
OnnxGraph::~OnnxGraph() = default;

void OnnxGraph::reserve(const std::string& name) { names_.insert(name); }

std::string OnnxGraph::unique(const std::string& name) {
  std::string free = name;
  for (int i = 2; !names_.insert(free).second; ++i) free = fmt::format("{}_{}", name, i);
  return free;
}

std::string OnnxGraph::node(const std::string& op, std::vector<std::string> inputs,
                            std::vector<OnnxAttribute> attributes) {
  nodes_.push_back({op, std::move(inputs), unique(prefix_ + op), std::move(attributes)});
  return nodes_.back().output;
}

std::string OnnxGraph::constant(const std::string& name, const Tensor& x) {
  std::string& stored = stored_[x.body_or_null()];
  if (!stored.empty()) return stored;
  kept_.push_back(x);
  constants_.push_back({unique(prefix_ + name), retrograd::detail::packed(x)});
  return stored = constants_.back().name;
}

std::string OnnxGraph::constant(const std::string& name, double value, Dtype dtype) {
  return constant(name, full({}, value, dtype));
}

OnnxValue OnnxGraph::sequence(const nn::Sequential& layers, const OnnxValue& x) {
  OnnxValue y = x;
  for (std::size_t i = 0; i < layers.size(); ++i) y = within(std::to_string(i), [&] { return layer_of(layers, i, y); });
  return y;
}

OnnxValue OnnxGraph::layer_of(const nn::Sequential& layers, std::size_t i, const OnnxValue& x) {
  if (const nn::Sequential* nested = layers.get_if<nn::Sequential>(i)) return sequence(*nested, x);
  for (const OnnxLayer& one : layers_)
    if (std::optional<std::string> output = one.write(layers, i, *this, x))
      return {std::move(*output), layers.apply(x.example, i, i + 1)};
  std::string known;
  for (const OnnxLayer& one : layers_) known += (known.empty() ? "" : ", ") + one.type;
  detail::fail("export_onnx: {} is a {}, which has no ONNX form (supported: Sequential, {}); add it with onnx_layer",
               place(), detail::type_name(layers.type(i)), known);
}

std::string OnnxGraph::place() const {
  return prefix_.empty() ? "the model" : "layer \"" + prefix_.substr(0, prefix_.size() - 1) + "\"";
}

void OnnxGraph::finish(const std::string& value, const std::string& output) {
  bool made_here = false;
  for (Node& node : nodes_) {
    made_here = made_here || node.output == value;
    if (node.output == value) node.output = output;
    for (std::string& input : node.inputs)
      if (input == value && made_here) input = output;
  }
  if (!made_here) nodes_.push_back({"Identity", {value}, output, {}});
}

}  // namespace retrograd::tools
