#include <doctest/doctest.h>

#include <cmath>

#include "pytorch.h"

namespace retrograd::tests {

namespace {

using Tensors = std::vector<Tensor>;

// Two sequences of four steps of three numbers, and states of width 5.
const Tensor& sequences() {
  static const Tensor x = wave({2, 4, 3}, 7, 1, 0.3);
  return x;
}
Tensor state_wave(std::int64_t cells, double phase) { return wave({cells, 2, 5}, phase, 0.8, 0.3); }
// The first step of each sequence as a matrix, and a state for a cell.
Tensor one_step() { return reshape(slice(sequences(), 1, 0, 1), {2, 3}); }
Tensor one_state(double phase) { return state_wave(1, phase)[0]; }

template <class Layer>
Layer made(std::int64_t in, std::int64_t hidden, const nn::RecurrentOptions& options = {}) {
  Rng rng(1);
  return Layer{in, hidden, rng, options, nn::FanInUniform{}, float64};
}
template <class Cell>
Cell made_cell(std::int64_t in, std::int64_t hidden) {
  Rng rng(1);
  return Cell{in, hidden, rng, nn::FanInUniform{}, float64};
}
nn::RnnCell made_rnn_cell(nn::Activation activation) {
  Rng rng(1);
  return nn::RnnCell{3, 5, rng, activation, nn::FanInUniform{}, float64};
}

// Reads the sequence, and answers from the last step.
struct Memory {
  nn::Lstm lstm;
  nn::Linear last;
  Tensor operator()(const Tensor& x) const { return last(lstm(x)(range(), -1)); }
  static void fields(auto& self, auto&& visit) {
    visit("lstm", self.lstm);
    visit("last", self.last);
  }
};

Tensor h_of(const Tensor& state) { return state; }
Tensor h_of(const nn::LstmState& state) { return state.h; }

void check_close(const Tensor& x, const Tensor& expected) {
  CHECK(x.shape() == expected.shape());
  CHECK(allclose(x, expected, 1e-12, 1e-12));
}

// Runs f<Layer>() for each kind.
template <class F>
void for_each_kind(F f) {
  f.template operator()<nn::Rnn>();
  f.template operator()<nn::Gru>();
  f.template operator()<nn::Lstm>();
}

constexpr auto kCell = [](const auto& cell, const Tensors& x) { return Tensors{cell(x[0], x[1])}; };
constexpr auto kLstmCell = [](const nn::LstmCell& cell, const Tensors& x) {
  const nn::LstmState state = cell(x[0], {x[1], x[2]});
  return Tensors{state.h, state.c};
};
constexpr auto kLayer = [](const auto& layer, const Tensors& x) {
  const auto result = layer(x[0], x[1]);
  return Tensors{result.outputs, result.state};
};
constexpr auto kLstm = [](const nn::Lstm& layer, const Tensors& x) {
  const nn::Lstm::Result result = layer(x[0], {x[1], x[2]});
  return Tensors{result.outputs, result.state.h, result.state.c};
};

}  // namespace

// The numbers are PyTorch 1.13.1's.
TEST_CASE("recurrent cells and all their derivatives are PyTorch's") {
  const std::vector<Parameter> inputs = {{"x", one_step()}, {"h", one_state(8)}};
  check_against_pytorch(made_rnn_cell(nn::Activation::tanh), inputs, kCell,
                        {{"output", -1.95861212512266, 0.268549324103976},
                         {"x", -0.619437801588187, -0.193213485492989},
                         {"h", -0.629072019776022, 0.0524333824716211},
                         {"weight_ih", 0.0500393177535071, 1.05648573682459},
                         {"weight_hh", -0.405165051698578, -0.263562480964706},
                         {"bias_ih", -0.897551037306331, -0.691964956416019},
                         {"bias_hh", -0.897551037306331, -0.691964956416019}});
  check_against_pytorch(made_rnn_cell(nn::Activation::relu), inputs, kCell,
                        {{"output", -0.281201078399439, 0.194540011279569},
                         {"x", -0.653887235892451, -0.55526799574535},
                         {"h", -0.752273195845029, -0.223657109754921},
                         {"weight_ih", -0.316080086413197, 0.886032759706119},
                         {"weight_hh", 0.322769227467522, 0.734904339594646},
                         {"bias_ih", 2.73817975010128, 1.91087992098162},
                         {"bias_hh", 2.73817975010128, 1.91087992098162}});
  check_against_pytorch(made_cell<nn::GruCell>(3, 5), inputs, kCell,
                        {{"output", 0.821155597141917, 0.467466132518238},
                         {"x", 1.44939630109299, 0.615876273020032},
                         {"h", 2.09409939253978, 0.309045125961166},
                         {"weight_ih", -1.43918519785176, -0.474464265471833},
                         {"weight_hh", 0.48881111609657, 0.349800186193655},
                         {"bias_ih", 0.339518975084651, 0.343664400186186},
                         {"bias_hh", -0.387186565367074, 0.923693580390902}});
  check_against_pytorch(made_cell<nn::LstmCell>(3, 5), {inputs[0], inputs[1], {"c", one_state(9)}}, kLstmCell,
                        {{"h'", -0.599912131461326, 0.119340579015306},
                         {"c'", -0.371489590519405, 0.23921013370849},
                         {"x", 2.30736811816839, 1.06324214438261},
                         {"h", 1.4732691389849, -0.0234244701712248},
                         {"c", 2.09140809634187, -0.0615278257475788},
                         {"weight_ih", -1.30425452488671, -0.625728070631852},
                         {"weight_hh", 0.371059084226414, 0.60273561408352},
                         {"bias_ih", -1.09913727603852, 1.85018707240667},
                         {"bias_hh", -1.09913727603852, 1.85018707240667}});
}

TEST_CASE("recurrent layers and all their derivatives are PyTorch's") {
  const std::vector<Parameter> inputs = {{"x", sequences()}, {"h", state_wave(2, 8)}},
                               both_ways = {{"x", sequences()}, {"h", state_wave(4, 8)}};
  check_against_pytorch(made<nn::Rnn>(3, 5, {.layers = 2, .activation = nn::Activation::relu}), inputs, kLayer,
                        {{"outputs", 1.09565888553861, 3.01838460637648},
                         {"h'", 21.7894186866404, 13.4120963585233},
                         {"x", 1.13562897710308, -2.2597048329649},
                         {"h", 0.761845584991015, -0.303720168025049},
                         {"weight_ih_l0", -2.05379461516549, -1.4817556866298},
                         {"weight_hh_l0", 20.3542284299935, 0.0734592856802667},
                         {"bias_ih_l0", 2.55084214275292, 2.47156970995488},
                         {"bias_hh_l0", 2.55084214275292, 2.47156970995488},
                         {"weight_ih_l1", -2.35838185341651, 0.877266947067344},
                         {"weight_hh_l1", 3.27335023018126, -0.483900453749743},
                         {"bias_ih_l1", 2.16879144301142, 1.24076046247727},
                         {"bias_hh_l1", 2.16879144301142, 1.24076046247727}});
  check_against_pytorch(made<nn::Rnn>(3, 5, {.layers = 2, .bidirectional = true}), both_ways, kLayer,
                        {{"outputs", 2.66179238180641, 8.50512493613159},
                         {"h'", -2.50380763855097, 0.701298154028982},
                         {"x", 7.53479830096801, -3.68912037130452},
                         {"h", 2.65442125441838, 0.185556194041604},
                         {"weight_ih_l0", -0.14258348429055, -0.455503895074056},
                         {"weight_hh_l0", 2.23985923542621, 0.381179095399712},
                         {"bias_ih_l0", 1.81360215364618, 0.803709768918742},
                         {"bias_hh_l0", 1.81360215364618, 0.803709768918742},
                         {"weight_ih_l0_reverse", 0.331063308202744, 0.609617879411098},
                         {"weight_hh_l0_reverse", -0.870529264031903, -4.49858476314147},
                         {"bias_ih_l0_reverse", 2.59598343168947, 2.09121861829428},
                         {"bias_hh_l0_reverse", 2.59598343168947, 2.09121861829428},
                         {"weight_ih_l1", 4.34194539274284, 0.680032426043847},
                         {"weight_hh_l1", 10.7223881550899, -9.17691753918549},
                         {"bias_ih_l1", -0.389566384040625, -0.669626131989043},
                         {"bias_hh_l1", -0.389566384040625, -0.669626131989043},
                         {"weight_ih_l1_reverse", 2.63611006917511, -1.37140811022087},
                         {"weight_hh_l1_reverse", -0.0798440635800559, 0.794785517338165},
                         {"bias_ih_l1_reverse", 0.118683248502259, -0.0520929139094711},
                         {"bias_hh_l1_reverse", 0.118683248502259, -0.0520929139094711}});
  check_against_pytorch(made<nn::Gru>(3, 5, {.layers = 2, .bidirectional = true}), both_ways, kLayer,
                        {{"outputs", -0.00133894794842915, 5.19129773561197},
                         {"h'", -1.25555695498257, 0.64270336481764},
                         {"x", -0.065204953017084, 0.211237248779861},
                         {"h", -2.40875605175041, -0.325429309169534},
                         {"weight_ih_l0", 2.20806325757139, -0.14786986296908},
                         {"weight_hh_l0", -0.325184075579486, 7.21616764490568},
                         {"bias_ih_l0", -3.07079736503105, -0.0844331375431387},
                         {"bias_hh_l0", -2.24020297612764, -0.269151019845885},
                         {"weight_ih_l0_reverse", 1.40176624802169, 0.331460312689989},
                         {"weight_hh_l0_reverse", -0.378097420250791, -0.23903286532048},
                         {"bias_ih_l0_reverse", -0.255883395126947, 0.0920733916023559},
                         {"bias_hh_l0_reverse", 0.0824469690984356, -0.0612662106569818},
                         {"weight_ih_l1", 0.304644121021696, -8.15764869794876},
                         {"weight_hh_l1", 0.720665356443117, 3.52077682286576},
                         {"bias_ih_l1", -0.326205169667079, 0.805315587720825},
                         {"bias_hh_l1", -0.327543483204266, 0.618061219976104},
                         {"weight_ih_l1_reverse", 1.87794743082913, 7.07367840021053},
                         {"weight_hh_l1_reverse", -3.13433025771468, -5.24282289857596},
                         {"bias_ih_l1_reverse", -2.02060903976779, 0.785754234581041},
                         {"bias_hh_l1_reverse", -1.69527023708309, 1.21429350355692}});
  check_against_pytorch(made<nn::Lstm>(3, 5, {.layers = 2, .bidirectional = true}),
                        {both_ways[0], both_ways[1], {"c", state_wave(4, 9)}}, kLstm,
                        {{"outputs", -0.130092325390127, 0.341554704725254},
                         {"h'", 1.61554400000462, -0.347093918911667},
                         {"c'", 4.42894061425299, 0.613163072501316},
                         {"x", -0.137829219238654, 0.540920794547046},
                         {"h", 0.18112606742148, 0.0332030923743051},
                         {"c", 0.940911457926161, 0.629252555817099},
                         {"weight_ih_l0", 0.485693490675933, -0.159319951837657},
                         {"weight_hh_l0", 0.145338948736885, 0.620786583311305},
                         {"bias_ih_l0", -1.06593328869595, 0.249033786779096},
                         {"bias_hh_l0", -1.06593328869595, 0.249033786779096},
                         {"weight_ih_l0_reverse", 4.45514976451383, 0.327412632161693},
                         {"weight_hh_l0_reverse", 0.89027710135717, -0.437268412192947},
                         {"bias_ih_l0_reverse", -6.27197854285339, 1.38575620212506},
                         {"bias_hh_l0_reverse", -6.27197854285339, 1.38575620212506},
                         {"weight_ih_l1", 0.304649294472706, 0.373768965431355},
                         {"weight_hh_l1", 0.389402715137892, 0.310220549143223},
                         {"bias_ih_l1", 0.704341919354961, 0.384057520551239},
                         {"bias_hh_l1", 0.704341919354961, 0.384057520551239},
                         {"weight_ih_l1_reverse", 1.26363948396692, -0.8879733444345},
                         {"weight_hh_l1_reverse", -0.530278000612455, -2.24867577274719},
                         {"bias_ih_l1_reverse", -0.926043396702752, 2.68096535267876},
                         {"bias_hh_l1_reverse", -0.926043396702752, 2.68096535267876}});
}

TEST_CASE("a recurrent layer's outputs are its cell's, step by step, and its state is the last one") {
  for_each_kind([]<class Layer>() {
    for (const Shape& shape : {Shape{2, 4, 3}, Shape{1, 1, 3}, Shape{1, 6, 3}, Shape{3, 1, 3}}) {
      const Layer layer = made<Layer>(3, 4);
      const Tensor x = wave(shape, 2, 1, 0.4);
      const auto [outputs, last] = layer(x, {});
      check_close(layer(x), outputs);
      typename Layer::State state;
      for (std::int64_t t = 0; t < shape[1]; ++t) {
        state = layer.cells[0](x(range(), t), state);
        check_close(outputs(range(), t), h_of(state));
      }
      check_close(h_of(last)[0], h_of(state));
    }
  });
}

TEST_CASE("sequences may come in pieces, each started with the state after the one before") {
  for_each_kind([]<class Layer>() {
    const Layer layer = made<Layer>(3, 4, {.layers = 2});
    const auto whole = layer(sequences(), {});
    const auto first = layer(sequences()(range(), range(0, 1)), {});
    const auto second = layer(sequences()(range(), range(1)), first.state);
    check_close(concatenate({first.outputs, second.outputs}, 1), whole.outputs);
    check_close(h_of(second.state), h_of(whole.state));
  });
}

TEST_CASE("the backward direction reads the steps in reverse order") {
  for_each_kind([]<class Layer>() {
    const Layer both = made<Layer>(3, 4, {.bidirectional = true});
    Layer forward = made<Layer>(3, 4), backward = forward;
    forward.cells = {both.cells[0]};
    backward.cells = {both.cells[1]};
    const auto [outputs, state] = both(sequences(), {});
    check_close(outputs(range(), range(), range(0, 4)), forward(sequences()));
    check_close(outputs(range(), range(), range(4)), flip(backward(flip(sequences(), 1)), 1));
    check_close(h_of(state)[1], outputs(range(), 0, range(4)));
  });
}

TEST_CASE("an empty half of an LSTM's state stands for zeros") {
  const nn::Lstm layer = made<nn::Lstm>(3, 5);
  const Tensor some = state_wave(1, 3), none = zeros_like(some);
  check_close(layer(sequences(), {some, {}}).outputs, layer(sequences(), {some, none}).outputs);
  check_close(layer(sequences(), {{}, some}).outputs, layer(sequences(), {none, some}).outputs);
  check_close(layer(sequences()), layer(sequences(), {none, none}).outputs);
  const nn::LstmCell cell = made_cell<nn::LstmCell>(3, 5);
  check_close(cell(one_step(), {{}, one_state(3)}).h, cell(one_step(), {none[0], one_state(3)}).h);
}

TEST_CASE("a state is differentiated like a model") {
  const nn::Lstm layer = made<nn::Lstm>(3, 5);
  const nn::LstmState start{state_wave(1, 3), state_wave(1, 4)};
  const auto slopes = grad([&](const nn::LstmState& state) { return sum(layer(sequences(), state).outputs); })(start);
  CHECK(slopes[start.h].shape() == Shape{1, 2, 5});
  CHECK(slopes[start.c].shape() == Shape{1, 2, 5});
}

TEST_CASE("recurrent layers take no sequences at all") {
  for_each_kind([]<class Layer>() {
    const auto [outputs, state] = made<Layer>(3, 4, {.layers = 2, .bidirectional = true})(ones({0, 5, 3}, float64), {});
    CHECK(outputs.shape() == Shape{0, 5, 8});
    CHECK(h_of(state).shape() == Shape{4, 0, 4});
  });
}

TEST_CASE("recurrent parameters start evenly within one over the root of hidden, as PyTorch's") {
  for_each_kind([]<class Layer>() {
    for (const Parameter& parameter : parameters(made<Layer>(3, 100))) {
      CAPTURE(parameter.name);
      const double largest = max(abs(parameter.tensor)).template item<double>();
      CHECK(largest <= 0.1);
      CHECK(largest > 0.09);
    }
  });
}

TEST_CASE("an initializer is told what each recurrent weight sums over, and sizes that overflow are refused") {
  Rng rng(1);
  const nn::LstmCell cell{512, 8, rng, nn::KaimingNormal{.gain = 1}};
  CHECK(std::abs(std(cell.weight_ih).item<double>() - 1 / std::sqrt(512.0)) < 0.002);
  CHECK_THROWS_AS(nn::LstmCell(3, std::int64_t{1} << 62, rng), ShapeError);
  CHECK_THROWS_AS(nn::MultiHeadAttention(std::int64_t{1} << 62, 1, rng), ShapeError);
}

TEST_CASE("recurrent layers give the same bits on any number of threads") {
  const int before = threads();
  for_each_kind([before]<class Layer>() {
    Rng rng(5);
    const Layer layer{96, 128, rng, {.layers = 2}};
    const Tensor x = normal({64, 5, 96}, 0, 1, rng);
    std::vector<std::vector<float>> found[2];
    for (const int count : {1, 2}) {
      set_threads(count);
      Tape tape;
      tape.watch(layer);
      const Tensor y = layer(x);
      const Gradients g = tape.gradients(mean(square(y)));
      found[count - 1].push_back(y.to_vector<float>());
      for (const Parameter& parameter : parameters(layer))
        found[count - 1].push_back(g[parameter.tensor].template to_vector<float>());
    }
    set_threads(before);
    CHECK(found[0] == found[1]);
  });
}

TEST_CASE("a recurrent layer drops between its layers, in training and nowhere else") {
  for_each_kind([]<class Layer>() {
    const Tensor x = sequences();
    const auto in_training = [&](const Layer& layer, std::uint64_t seed) {
      Rng rng(seed);
      const nn::Training training{rng};
      return layer(x).template to_vector<double>();
    };
    const Layer two = made<Layer>(3, 40, {.layers = 2, .dropout = 0.5}), one = made<Layer>(3, 40, {.dropout = 0.5});
    const std::vector<double> still = two(x).template to_vector<double>();
    CHECK(still == made<Layer>(3, 40, {.layers = 2})(x).template to_vector<double>());
    CHECK(in_training(two, 1) != still);
    CHECK(in_training(two, 1) == in_training(two, 1));
    CHECK(in_training(two, 1) != in_training(two, 2));
    CHECK(in_training(one, 1) == one(x).template to_vector<double>());
    // The first layer's outputs as a second one of their own would get them.
    Layer first = one, second = one;
    second.cells = {two.cells[1]};
    Rng rng(3);
    const nn::Training training{rng};
    const Tensor between = nn::Dropout{0.5}(swapaxes(first(x), 0, 1));
    Rng again(3);
    const nn::Training same{again};
    check_close(two(x), second(swapaxes(between, 0, 1)));
  });
}

TEST_CASE("a recurrent layer stands in a Sequential") {
  Rng rng(1);
  const nn::Sequential model{nn::Lstm{3, 4, rng}, nn::Gru{4, 2, rng, {.bidirectional = true}}, nn::Linear{4, 1, rng}};
  CHECK(model(ones({2, 5, 3})).shape() == Shape{2, 5, 1});
  CHECK(parameters(model)[8].name == "1.weight_ih_l0_reverse");
}

TEST_CASE("an LSTM learns to say at the end what it saw first") {
  Rng rng(4);
  Memory model{nn::Lstm{1, 8, rng}, nn::Linear{8, 2, rng}};
  const Tensor x = bernoulli({64, 6, 1}, 0.5, rng), labels = astype(reshape(x(range(), 0), {64}), int64);
  optim::Optimizer optimizer{optim::Adam{.learning_rate = 0.03}};
  for (int step = 0; step < 120; ++step) {
    Tape tape;
    tape.watch(model);
    optimizer.step(model, tape.gradients(nn::softmax_cross_entropy(model(x), labels)));
  }
  CHECK(nn::accuracy(model(x), labels) == 1);
}

}  // namespace retrograd::tests
