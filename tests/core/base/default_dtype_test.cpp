#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <thread>
#include <vector>

namespace retrograd::tests {

TEST_CASE("the default dtype is float32, and float64 within a scope that says so") {
  CHECK(default_dtype() == float32);
  {
    const DefaultDtypeScope scope{float64};
    CHECK(default_dtype() == float64);
    const DefaultDtypeScope inner{float32};
    CHECK(default_dtype() == float32);
  }
  CHECK(default_dtype() == float32);
  CHECK_THROWS_WITH_AS(DefaultDtypeScope{int64}, "DefaultDtypeScope: the default must be float32 or float64, got int64",
                       DtypeError);
  CHECK(default_dtype() == float32);
}

TEST_CASE("floating tensors made without a dtype have the default one") {
  Rng rng(1);
  const std::vector<double> values = {1.0 / 3, 2};
  const DefaultDtypeScope scope{float64};
  CHECK(tensor(values).dtype() == float64);
  CHECK(tensor(values).to_vector<double>() == values);
  for (const Tensor& made : {tensor(values, {2}), tensor(0.5), tensor({0.5, 1.0}), tensor({{0.5f}}),
                             tensor(std::span(values), {2}), zeros({2}), ones({2}), full({2}, 3), eye(2), arange(0.5),
                             arange(0, 1, 0.5), linspace(0, 1, 3), normal({2}, 0, 1, rng), uniform({2}, 0, 1, rng),
                             bernoulli({2}, 0.5, rng), one_hot(tensor({0, 1}), 2), Tensor::empty({2}), add(1, 0.5)})
    CHECK(made.dtype() == float64);
}

TEST_CASE("what has a dtype of its own keeps it within a scope") {
  const Tensor x = ones({2});
  const DefaultDtypeScope scope{float64};
  CHECK(tensor({1, 2}).dtype() == int64);
  CHECK(tensor({true}).dtype() == boolean);
  CHECK(arange(3).dtype() == int64);
  CHECK(zeros({2}, float32).dtype() == float32);
  CHECK(zeros_like(x).dtype() == float32);
  CHECK((2 * exp(x) + 0.5).dtype() == float32);
  CHECK(mean(x).dtype() == float32);
  CHECK(grad([](const Tensor& v) { return sum(v * v); })(x).dtype() == float32);
}

TEST_CASE("layers made within a scope have its dtype, and train in it") {
  Rng rng(1);
  const DefaultDtypeScope scope{float64};
  const nn::Sequential model{nn::Conv2d{1, 2, 3, rng}, nn::BatchNorm2d{2}, relu, nn::Flatten{},
                             nn::Linear{8, 4, rng},    nn::LayerNorm{{4}}};
  for (const Parameter& one : state(model))
    CHECK_MESSAGE(is_floating(one.tensor.dtype()) == (one.tensor.dtype() == float64), one.name);
  for (const Parameter& one : parameters(model)) CHECK(one.tensor.dtype() == float64);
  CHECK(parameters(nn::Mlp{{3, 4, 2}, nn::Activation::tanh, rng})[0].tensor.dtype() == float64);
  CHECK(parameters(nn::Lstm{3, 4, rng})[0].tensor.dtype() == float64);
  CHECK(parameters(nn::MultiHeadAttention{4, 2, rng})[0].tensor.dtype() == float64);
  const nn::Training training{rng};
  CHECK(model(ones({2, 1, 4, 4})).dtype() == float64);
  CHECK(nn::Dropout{0.5}(ones({4})).dtype() == float64);
}

TEST_CASE("pixels are decoded to the default dtype, on the loop's thread and ahead of it") {
  const tools::Dataset set{tensor(std::vector<int>{0, 128, 255, 3}, {4, 1}, uint8), tensor({0, 1, 1, 0})};
  const DefaultDtypeScope scope{float64};
  const std::vector<double> expected = {-128 / 255.0, 0, 127 / 255.0, -125 / 255.0};
  CHECK(tools::whole(set).inputs.to_vector<double>() == expected);
  for (const std::int64_t prefetch : {0, 2})
    for (auto [inputs, targets] : tools::batches(set, 4, {.prefetch = prefetch})) {
      CHECK(inputs.dtype() == float64);
      CHECK(inputs.to_vector<double>() == expected);
    }
}

TEST_CASE("a default dtype is its thread's own") {
  const DefaultDtypeScope scope{float64};
  Dtype seen = float64;
  std::thread([&] { seen = zeros({1}).dtype(); }).join();
  CHECK(seen == float32);
}

TEST_CASE("a checkpoint runs again with the default dtype of its call") {
  const Tensor x = tensor({0.5, 2.0}, float64);
  Tape tape;
  tape.watch(x);
  Tensor y;
  {
    const DefaultDtypeScope scope{float64};
    y = checkpoint([](const Tensor& v) { return sum(v * v * full({2}, 3)); })(x);
  }
  CHECK(tape.gradients(y)[x].to_vector<double>() == std::vector<double>{3, 12});
}

}  // namespace retrograd::tests
