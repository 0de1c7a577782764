#include "../layer_table.h"

namespace retrograd::tests {

std::vector<LayerRow> activation_layer_rows() {
  const auto row = [](const char* name, AnyLayer layer) {
    return LayerRow{name,
                    [layer](Rng&, Dtype) { return layer; },
                    {{{{4, 3}}, {4, 3}}, {{{2, 3, 5}}, {2, 3, 5}}, {{{1, 1}}, {1, 1}}, {{{0, 2}}, {0, 2}}},
                    {},
                    0,
                    "0 parameters, 0 B"};
  };
  // The sum of a softmax is constant, and so without a derivative that could be compared.
  const auto squared = [](const nn::Softmax& layer, const Tensors& x) { return square(layer(x[0])); };
  std::vector<LayerRow> rows = {row("LeakyRelu", nn::LeakyRelu{}),
                                row("LeakyRelu(slope 0.3)", nn::LeakyRelu{0.3}),
                                row("Elu", nn::Elu{}),
                                row("Elu(alpha 0.5)", nn::Elu{0.5}),
                                row("Gelu", nn::Gelu{}),
                                row("Gelu(tanh)", nn::Gelu{GeluApproximation::tanh}),
                                row("Softmax(squared)", {nn::Softmax{}, squared}),
                                row("Softmax(axis 1, squared)", {nn::Softmax{1}, squared}),
                                row("LogSoftmax", nn::LogSoftmax{}),
                                row("LogSoftmax(axis 0)", nn::LogSoftmax{0})};
  rows[7].refusals = {{[] { nn::Softmax{1}(zeros({3})); }, "softmax: axis 1 is out of range for 1 axes"}};
  return rows;
}

}  // namespace retrograd::tests
