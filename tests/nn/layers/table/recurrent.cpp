#include "../layer_table.h"

namespace retrograd::tests {

namespace {

template <class Cell>
Cell made_cell(std::int64_t in, std::int64_t hidden, Rng& rng, Dtype dtype = float32) {
  if constexpr (std::is_same_v<Cell, nn::RnnCell>)
    return Cell{in, hidden, rng, nn::Activation::tanh, nn::FanInUniform{}, dtype};
  else
    return Cell{in, hidden, rng, nn::FanInUniform{}, dtype};
}
template <class Cell>
Tensor next(const Cell& cell, const Tensors& x) {
  return cell(x[0], x[1]);
}
template <>
Tensor next(const nn::LstmCell& cell, const Tensors& x) {
  const nn::LstmState state = cell(x[0], {x[1], x[2]});
  return concatenate({state.h, state.c}, 1);
}

// Called with x and the state's tensors; the LSTM's value is h' and c' side by side.
template <class Cell>
LayerRow cell_row(const char* name, std::int64_t gates) {
  const bool is_lstm = gates == 4;
  const auto sample = [is_lstm](std::int64_t rows, std::int64_t in, std::int64_t hidden) {
    LayerSample made{{{rows, in}, {rows, hidden}}, {rows, is_lstm ? 2 * hidden : hidden}};
    if (is_lstm) made.inputs.push_back({rows, hidden});
    return made;
  };
  const std::int64_t size = gates * 4 * (3 + 4 + 2);
  const auto refuse = [](auto call) {
    return [call] {
      Rng rng(1);
      call(made_cell<Cell>(3, 4, rng));
    };
  };
  const std::string own = name;
  return {own,
          [](Rng& rng, Dtype dtype) {
            return AnyLayer(made_cell<Cell>(3, 4, rng, dtype),
                            [](const Cell& cell, const Tensors& x) { return next(cell, x); });
          },
          {sample(2, 3, 4), sample(1, 3, 4), sample(0, 3, 4)},
          {{"weight_ih", {gates * 4, 3}},
           {"weight_hh", {gates * 4, 4}},
           {"bias_ih", {gates * 4}},
           {"bias_hh", {gates * 4}}},
          size,
          fmt::format("{} parameters, {} B", size, size * 4),
          {{[] {
              Rng rng(1);
              made_cell<Cell>(3, 0, rng);
            },
            own + ": sizes must be positive, got 3 in, 0 hidden"},
           {refuse([](const Cell& cell) {
              cell(ones({2, 5}));
            }),
            own + ": x must be (N, 3), got (2, 5)"},
           {refuse([](const Cell& cell) { cell(ones({3})); }), own + ": x must be (N, 3), got (3,)"},
           {refuse([](const Cell& cell) {
              cell(ones({2, 3}, float64));
            }),
            own + ": x must be float32 like the parameters, got float64; convert with astype"},
           {refuse([](const Cell& cell) {
              cell(ones({2, 3}), {ones({1, 4})});
            }),
            own + ": h must be (2, 4), got (1, 4)"}}};
}

LayerRow relu_cell_row() {
  return {"RnnCell(relu)",
          [](Rng& rng, Dtype dtype) { return nn::RnnCell{3, 1, rng, nn::Activation::relu, nn::FanInUniform{}, dtype}; },
          {{{{3, 3}}, {3, 1}}, {{{1, 3}}, {1, 1}}},
          {{"weight_ih", {1, 3}}, {"weight_hh", {1, 1}}, {"bias_ih", {1}}, {"bias_hh", {1}}},
          3 + 1 + 2,
          "6 parameters, 24 B",
          {{[] {
              Rng rng(1);
              nn::RnnCell{3, 4, rng, nn::Activation::sigmoid};
            },
            "RnnCell: the activation must be tanh or relu, got sigmoid"}}};
}

std::vector<StateEntry> layer_state(std::int64_t gates, std::int64_t layers, bool bidirectional) {
  std::vector<StateEntry> state;
  for (std::int64_t layer = 0; layer < layers; ++layer)
    for (const char* way : {"", "_reverse"}) {
      if (*way && !bidirectional) continue;
      const std::int64_t in = layer == 0 ? 3 : bidirectional ? 4 : 2;
      state.push_back({fmt::format("weight_ih_l{}{}", layer, way), {gates * 2, in}});
      state.push_back({fmt::format("weight_hh_l{}{}", layer, way), {gates * 2, 2}});
      state.push_back({fmt::format("bias_ih_l{}{}", layer, way), {gates * 2}});
      state.push_back({fmt::format("bias_hh_l{}{}", layer, way), {gates * 2}});
    }
  return state;
}

// 3 numbers in, 2 hidden.
template <class Layer>
LayerRow layer_row(const char* name, std::int64_t gates, const nn::RecurrentOptions& options = {},
                   std::vector<LayerRefusal> refusals = {}) {
  const std::int64_t width = options.bidirectional ? 4 : 2;
  const std::int64_t size = gates * width * (3 + 2 + 2 + (options.layers - 1) * (width + 2 + 2));
  return {name,
          [options](Rng& rng, Dtype dtype) { return Layer{3, 2, rng, options, nn::FanInUniform{}, dtype}; },
          {{{{2, 3, 3}}, {2, 3, width}}, {{{1, 1, 3}}, {1, 1, width}}, {{{0, 2, 3}}, {0, 2, width}}},
          layer_state(gates, options.layers, options.bidirectional),
          size,
          fmt::format("{} parameters, {} B", size, size * 4),
          std::move(refusals)};
}

template <class Layer>
std::vector<LayerRefusal> layer_refusals(const std::string& own, const char* choice) {
  const auto refuse = [](auto call) {
    return [call] {
      Rng rng(1);
      call(Layer{3, 2, rng, {.layers = 2}});
    };
  };
  const auto refuse_options = [](const nn::RecurrentOptions& options) {
    return [options] {
      Rng rng(1);
      Layer{3, 2, rng, options};
    };
  };
  return {{refuse_options({.layers = 0}), own + ": sizes must be positive, got 3 in, 2 hidden, 0 layers"},
          {refuse_options({.dropout = 1.5}), "Dropout: p must be between 0 and 1, got 1.5"},
          {refuse_options({.activation = nn::Activation::sigmoid}),
           own + ": the activation must be " + choice + ", got sigmoid"},
          {refuse([](const Layer& layer) {
             layer(ones({2, 0, 3}));
           }),
           own + ": expects at least one step, got x (2, 0, 3)"},
          {refuse([](const Layer& layer) {
             layer(ones({2, 5, 4}));
           }),
           own + ": x must be (N, T, 3), got (2, 5, 4)"},
          {refuse([](const Layer& layer) {
             layer(ones({5, 3}));
           }),
           own + ": x must be (N, T, 3), got (5, 3)"},
          {refuse([](const Layer& layer) {
             layer(ones({2, 5, 3}, int64));
           }),
           own + ": x must be float32 like the parameters, got int64; convert with astype"},
          {refuse([](const Layer& layer) {
             layer(ones({2, 5, 3}), {ones({2, 1, 2})});
           }),
           own + ": the state h must be (2, 2, 2), got (2, 1, 2)"},
          {refuse([](const Layer& layer) {
             layer(ones({2, 5, 3}), {ones({2, 2, 2}, float64)});
           }),
           own + ": the state h must be float32 like the parameters, got float64; convert with astype"}};
}

}  // namespace

std::vector<LayerRow> recurrent_layer_rows() {
  return {
      cell_row<nn::RnnCell>("RnnCell", 1),
      relu_cell_row(),
      cell_row<nn::GruCell>("GruCell", 3),
      cell_row<nn::LstmCell>("LstmCell", 4),
      layer_row<nn::Rnn>("Recurrent(Rnn)", 1, {}, layer_refusals<nn::Rnn>("Rnn", "tanh or relu")),
      layer_row<nn::Rnn>("Recurrent(Rnn, 2 layers, relu)", 1, {.layers = 2, .activation = nn::Activation::relu}),
      layer_row<nn::Gru>("Recurrent(Gru)", 3, {}, layer_refusals<nn::Gru>("Gru", "tanh")),
      layer_row<nn::Gru>("Recurrent(Gru, both directions)", 3, {.bidirectional = true}),
      layer_row<nn::Lstm>("Recurrent(Lstm)", 4, {}, layer_refusals<nn::Lstm>("Lstm", "tanh")),
      layer_row<nn::Lstm>("Recurrent(Lstm, 2 layers, both directions)", 4, {.layers = 2, .bidirectional = true}),
  };
}

}  // namespace retrograd::tests
