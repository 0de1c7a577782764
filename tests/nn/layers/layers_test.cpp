#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>

namespace retrograd::tests {

TEST_CASE("a linear layer stores (out, in) and starts as PyTorch's does") {
  Rng rng(1);
  const nn::Linear layer{100, 7, rng};
  CHECK(layer.weight.shape() == Shape{7, 100});
  CHECK(layer.bias.shape() == Shape{7});
  CHECK(max(abs(layer.weight)).item<float>() <= 0.1f);
  CHECK(max(abs(layer.weight)).item<float>() > 0.09f);
  CHECK(max(abs(layer.bias)).item<float>() <= 0.1f);
  CHECK(sum(abs(layer.bias)).item<float>() > 0);
}

TEST_CASE("the paper's initializer gives normal weights and zero biases") {
  Rng rng(1);
  const nn::Mlp model{{784, 128, 10}, nn::Activation::relu, rng, nn::Normal{0, 0.01}};
  const Tensor& w = model.layers[0].weight;
  CHECK(std::sqrt(mean(square(w)).item<double>()) == doctest::Approx(0.01).epsilon(0.02));
  CHECK(std::abs(mean(w).item<double>()) < 1e-4);
  CHECK(sum(abs(model.layers[0].bias)).item<float>() == 0);
  CHECK(count(model) == 784 * 128 + 128 + 128 * 10 + 10);
}

TEST_CASE("an Mlp applies its activation between the layers and not after the last") {
  Rng rng(1);
  const auto leaky = [](const Tensor& x) { return leaky_relu(x); };
  const auto smooth = [](const Tensor& x) { return gelu(x); };
  const auto same = [](const Tensor& x) { return x; };
  for (auto [kind, f] :
       std::vector<std::pair<nn::Activation, Tensor (*)(const Tensor&)>>{{nn::Activation::identity, same},
                                                                         {nn::Activation::relu, relu},
                                                                         {nn::Activation::leaky_relu, leaky},
                                                                         {nn::Activation::sigmoid, sigmoid},
                                                                         {nn::Activation::tanh, tanh},
                                                                         {nn::Activation::gelu, smooth},
                                                                         {nn::Activation::selu, selu},
                                                                         {nn::Activation::silu, silu}}) {
    const nn::Mlp model{{3, 4, 5, 2}, kind, rng};
    const Tensor x = normal({6, 3}, 0, 1, rng);
    const Tensor expected = model.layers[2](f(model.layers[1](f(model.layers[0](x)))));
    CHECK(model(x).to_vector<float>() == expected.to_vector<float>());
  }
}

TEST_CASE("a linear layer without a bias has a weight alone, drawn as if there were one") {
  Rng rng(1), same(1);
  const nn::Linear layer{3, 2, rng, {.bias = false}}, with{3, 2, same};
  CHECK(parameters(layer).size() == 1);
  CHECK(array_equal(layer.weight, with.weight));
  const Tensor x = normal({4, 3}, 0, 1, rng);
  CHECK(array_equal(layer(x), matmul(x, transpose(layer.weight))));
  nn::Mlp model{{3, 4, 2}, nn::Activation::relu, rng};
  model.layers[0] = nn::Linear{3, 4, rng, {.bias = false}};
  CHECK(array_equal(model(x), model.layers[1](relu(model.layers[0](x)))));
}

TEST_CASE("a linear layer takes any number of leading axes") {
  Rng rng(1);
  const nn::Linear layer{3, 2, rng};
  const Tensor x = normal({4, 5, 3}, 0, 1, rng);
  CHECK(layer(x).shape() == Shape{4, 5, 2});
  CHECK(layer(reshape(x, {20, 3})).to_vector<float>() == layer(x).to_vector<float>());
  CHECK(layer(ones({3})).shape() == Shape{2});
  CHECK(layer(ones({0, 3})).shape() == Shape{0, 2});
}

TEST_CASE("layers refuse sizes and inputs that do not fit") {
  Rng rng(1);
  CHECK_THROWS_WITH_AS((nn::Linear{0, 2, rng}), "Linear: sizes must be positive, got 0 in, 2 out", ShapeError);
  CHECK_THROWS_AS((nn::Mlp{{3}, nn::Activation::relu, rng}), ShapeError);
  const nn::Linear layer{3, 2, rng};
  CHECK_THROWS_WITH_AS(layer(ones({4, 5})), doctest::Contains("x (4, 5) does not fit weight (2, 3)"), ShapeError);
}

TEST_CASE("a network's gradients pass the gradient check to second order") {
  Rng rng(2);
  const nn::Mlp model{{3, 4, 2}, nn::Activation::sigmoid, rng, nn::FanInUniform{}, float64};
  const Tensor x = normal({5, 3}, 0, 1, rng, float64), labels = tensor({0, 1, 1, 0, 1});
  const auto loss = [&](const Tensor& w0, const Tensor& b0, const Tensor& w1, const Tensor& b1) {
    return nn::softmax_cross_entropy(linear(sigmoid(linear(x, w0, b0)), w1, b1), labels);
  };
  const auto& l = model.layers;
  const auto report = tools::gradcheck(loss, {l[0].weight, l[0].bias, l[1].weight, l[1].bias}, {.order = 2});
  CAPTURE(to_string(report));
  CHECK(report.passed());
}

TEST_CASE("a small network learns exclusive or") {
  Rng rng(3);
  nn::Mlp model{{2, 8, 2}, nn::Activation::tanh, rng};
  optim::Optimizer optimizer{optim::Adam{.learning_rate = 0.05}};
  const Tensor x = tensor({{0.0, 0.0}, {0.0, 1.0}, {1.0, 0.0}, {1.0, 1.0}}), labels = tensor({0, 1, 1, 0});
  for (int step = 0; step < 200; ++step) {
    Tape tape;
    tape.watch(model);
    optimizer.step(model, tape.gradients(nn::softmax_cross_entropy(model(x), labels)));
  }
  CHECK(nn::accuracy(model(x), labels) == 1);
}

TEST_CASE("sequences nest") {
  Rng rng(1);
  const nn::Sequential inner{nn::Linear{2, 3, rng}, tanh};
  const nn::Sequential outer{inner, nn::Linear{3, 1, rng}};
  CHECK(parameters(outer).front().name == "0.0.weight");
  CHECK(outer(ones({4, 2})).shape() == Shape{4, 1});
}

TEST_CASE("a sequence shows its layers to whoever knows their types") {
  Rng rng(1);
  using Function = Tensor (*)(const Tensor&);
  const nn::Sequential model{nn::Linear{2, 3, rng}, tanh};
  REQUIRE(model.get_if<nn::Linear>(0) != nullptr);
  CHECK(model.get_if<nn::Linear>(0)->weight.shape() == Shape{3, 2});
  CHECK(model.get_if<nn::Mlp>(0) == nullptr);
  CHECK(model.get_if<Function>(0) == nullptr);
  REQUIRE(model.get_if<Function>(1) != nullptr);
  CHECK((*model.get_if<Function>(1) == Function{tanh}));
  CHECK(model.type(1) == typeid(Function));
  CHECK(model.get_if<nn::Linear>(2) == nullptr);
}

TEST_CASE("a linear layer takes rows of nothing") {
  const Tensor y = linear(ones({2, 3, 0}), zeros({4, 0}), ones({4}));
  CHECK(y.shape() == Shape{2, 3, 4});
  CHECK(sum(y).item<int>() == 24);
}

}  // namespace retrograd::tests
