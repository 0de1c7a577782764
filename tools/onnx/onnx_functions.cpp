#include "../../ops/elementwise/activations.h"
#include "../../ops/elementwise/arithmetic.h"
#include "../../ops/elementwise/exponential.h"
#include "../../ops/elementwise/hyperbolic.h"
#include "../../ops/elementwise/powers.h"
#include "../../ops/elementwise/rectifiers.h"
#include "onnx_layers.h"

namespace retrograd::detail {

namespace {

using tools::OnnxAttribute;
using tools::OnnxGraph;
using tools::OnnxLayer;
using tools::OnnxValue;
using Function = Tensor (*)(const Tensor&);
using Write = std::function<std::string(OnnxGraph& graph, const std::string& x)>;

// The ONNX form of a plain function in a Sequential.
OnnxLayer function(const char* name, Function which, Write write) {
  return {name,
          [which, write](const nn::Sequential& layers, std::size_t i, OnnxGraph& graph,
                         const OnnxValue& x) -> std::optional<std::string> {
            const Function* function = layers.get_if<Function>(i);
            if (!function || *function != which) return std::nullopt;
            return write(graph, x.name);
          }};
}

// A function that is a single ONNX operator.
OnnxLayer function(const char* name, Function which, const char* op, std::vector<OnnxAttribute> attributes = {}) {
  return function(name, which,
                  [op, attributes](OnnxGraph& graph, const std::string& x) { return graph.node(op, {x}, attributes); });
}

std::string silu(OnnxGraph& graph, const std::string& x) { return graph.node("Mul", {x, graph.node("Sigmoid", {x})}); }
std::string mish(OnnxGraph& graph, const std::string& x) {
  return graph.node("Mul", {x, graph.node("Tanh", {graph.node("Softplus", {x})})});
}
std::string log_sigmoid(OnnxGraph& graph, const std::string& x) {
  return graph.node("Neg", {graph.node("Softplus", {graph.node("Neg", {x})})});
}
std::string square(OnnxGraph& graph, const std::string& x) { return graph.node("Mul", {x, x}); }

}  // namespace

void add_functions(std::vector<OnnxLayer>& layers) {
  const OnnxLayer all[] = {
      function("relu", relu, "Relu"),
      function("sigmoid", sigmoid, "Sigmoid"),
      function("tanh", tanh, "Tanh"),
      function("softplus", softplus, "Softplus"),
      function("softsign", softsign, "Softsign"),
      function("selu", selu, "Selu"),
      function("hard_sigmoid", hard_sigmoid, "HardSigmoid", {{"alpha", 1.0 / 6}, {"beta", 0.5}}),
      function("silu", retrograd::silu, silu),
      function("mish", retrograd::mish, mish),
      function("log_sigmoid", retrograd::log_sigmoid, log_sigmoid),
      function("abs", abs, "Abs"),
      function("exp", exp, "Exp"),
      function("log", log, "Log"),
      function("neg", neg, "Neg"),
      function("sqrt", sqrt, "Sqrt"),
      function("square", retrograd::square, square),
  };
  layers.insert(layers.end(), std::begin(all), std::end(all));
}

}  // namespace retrograd::detail
