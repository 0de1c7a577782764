// Running statistics as part of a model: on the tape, in copies, clones and files, and under checkpoints.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include "../../scratch.h"

namespace retrograd::tests {

namespace {

using Doubles = std::vector<double>;

std::vector<std::string> names(const std::vector<Parameter>& list) {
  std::vector<std::string> out;
  for (const Parameter& one : list) out.push_back(one.name);
  return out;
}
Doubles buffers_of(const nn::BatchNorm1d& layer) {
  Doubles all = layer.running_mean.tensor.to_vector<double>();
  for (double v : layer.running_var.tensor.to_vector<double>()) all.push_back(v);
  all.push_back(layer.num_batches_tracked.tensor.item<double>());
  return all;
}

Tensor rows_of_three() { return tensor({{1.0, -2.0, 0.5}, {0.0, 3.0, 1.0}, {-1.0, 0.5, 2.0}, {2.5, 1.0, -0.5}}); }

}  // namespace

TEST_CASE("evaluation keeps nothing of the running statistics on the tape") {
  Rng rng(2);
  const nn::BatchNorm1d layer{3};
  const Tensor x = rows_of_three();
  Tape tape;
  tape.watch(layer);
  tape.watch(x);
  const Tensor evaluated = layer(x);
  Tensor trained;
  {
    const nn::Training training{rng};
    trained = layer(x);
  }
  const Tensor after = layer(x);
  CHECK(layer.num_batches_tracked.tensor.item<int>() == 1);
  CHECK(!(evaluated.to_vector<float>() == after.to_vector<float>()));
  const Gradients gradients = tape.gradients(sum((evaluated + trained + after) * x));
  CHECK(mean(abs(gradients[layer.weight])).item<float>() > 0);
}

TEST_CASE("the fields of batch normalization have PyTorch's names and order") {
  const nn::BatchNorm2d layer{3};
  CHECK(names(state(layer)) ==
        std::vector<std::string>{"weight", "bias", "running_mean", "running_var", "num_batches_tracked"});
  CHECK(names(parameters(layer)) == std::vector<std::string>{"weight", "bias"});
  CHECK(count(layer) == 6);
  CHECK(layer.num_batches_tracked.tensor.dtype() == int64);
  CHECK(layer.num_batches_tracked.tensor.shape() == Shape{});
}

TEST_CASE("running statistics are shared by copies and transforms and are a clone's own") {
  Rng rng(3);
  const nn::BatchNorm1d layer{3}, copy = layer, deep = clone(layer);
  const Tensor x = rows_of_three();
  const Doubles fresh = buffers_of(deep);
  const nn::Training training{rng};
  copy(x);
  const Doubles once = buffers_of(layer);
  CHECK(once != fresh);
  CHECK(once.back() == 1);
  grad([&](const nn::BatchNorm1d& l) { return sum(l(x)); })(layer);
  CHECK(buffers_of(layer).back() == 2);
  CHECK(buffers_of(layer) == buffers_of(copy));
  CHECK(buffers_of(deep) == fresh);
  deep(x);
  CHECK(buffers_of(deep) == once);
}

TEST_CASE("running statistics are saved and loaded and a loaded model evaluates alike") {
  const ScratchFolder scratch;
  const auto file = scratch.path() / "model.safetensors";
  Rng rng(3);
  const auto make = [&] { return nn::Sequential{nn::Linear{3, 4, rng}, nn::BatchNorm1d{4}, nn::Dropout{0.2}, relu}; };
  nn::Sequential model = make(), other = make();
  const Tensor x = normal({8, 3}, 0, 1, rng);
  optim::Optimizer optimizer{optim::Adam{}};
  for (int i = 0; i < 3; ++i) {
    const nn::Training training{rng};
    Tape tape;
    tape.watch(model);
    optimizer.step(model, tape.gradients(mean(square(model(x)))));
  }
  nn::save(model, file);
  CHECK(other(x).to_vector<float>() != model(x).to_vector<float>());
  nn::load(other, file);
  CHECK(other(x).to_vector<float>() == model(x).to_vector<float>());
  CHECK(state(other).back().name == "1.num_batches_tracked");
  CHECK(state(other).back().tensor.item<int>() == 3);
}

TEST_CASE("under a checkpoint batch normalization and dropout give the same bits and one update") {
  Rng rng(3);
  const Tensor x = normal({8, 3}, 0, 1, rng);
  const auto run = [&](bool checkpoints) {
    Rng draws(4);
    const nn::BatchNorm1d first{3}, second{3};
    const auto block = [](const nn::BatchNorm1d& norm) {
      return [norm](const Tensor& in) { return nn::Dropout{0.3}(tanh(norm(in))); };
    };
    std::vector<Doubles> all;
    {
      Tape tape;
      tape.watch(std::vector{first, second});
      const nn::Training training{draws};
      const Tensor h = checkpoints ? checkpoint(block(first))(x) : block(first)(x);
      const Tensor y = checkpoints ? checkpoint(block(second))(h) : block(second)(h);
      for (const Gradients::Entry& entry : tape.gradients(sum(y * x))) all.push_back(entry.value().to_vector<double>());
    }
    all.push_back(buffers_of(first));
    all.push_back(buffers_of(second));
    all.push_back({static_cast<double>(draws.bits())});
    CHECK(buffers_of(first).back() == 1);
    return all;
  };
  CHECK(run(true) == run(false));
}

TEST_CASE("batch normalization refuses what does not fit and stays as it was") {
  Rng rng(1);
  const nn::BatchNorm1d rows{3};
  const nn::BatchNorm2d planes{3};
  const nn::Training training{rng};
  CHECK_THROWS_WITH_AS(rows(zeros({2, 4})), "BatchNorm1d: x must be (N, 3) or (N, 3, L), got (2, 4)", ShapeError);
  CHECK_THROWS_WITH_AS(rows(zeros({3})), "BatchNorm1d: x must be (N, 3) or (N, 3, L), got (3,)", ShapeError);
  CHECK_THROWS_AS(rows(zeros({2, 3, 4, 5})), ShapeError);
  CHECK_THROWS_WITH_AS(planes(zeros({2, 3})), "BatchNorm2d: x must be (N, 3, H, W), got (2, 3)", ShapeError);
  CHECK_THROWS_WITH_AS(rows(zeros({2, 3}, float64)), "BatchNorm1d: x must be float32, got float64; convert with astype",
                       DtypeError);
  CHECK_THROWS_WITH_AS(rows(zeros({1, 3})),
                       "BatchNorm1d: batch statistics need more than one value per channel, got x (1, 3)", ShapeError);
  CHECK_THROWS_AS(planes(zeros({1, 3, 1, 1})), ShapeError);
  CHECK(buffers_of(rows) == Doubles{0, 0, 0, 1, 1, 1, 0});
  CHECK_THROWS_WITH_AS(nn::BatchNorm1d{0}, "BatchNorm1d: channels must be positive, got 0", ShapeError);
  CHECK_THROWS_WITH_AS((nn::BatchNorm2d{3, {.epsilon = -1}}), "BatchNorm2d: epsilon cannot be negative, got -1", Error);
  CHECK_THROWS_WITH_AS((nn::BatchNorm2d{3, {.momentum = 1.5}}),
                       "BatchNorm2d: momentum must be between 0 and 1, got 1.5", Error);
  CHECK_THROWS_AS((nn::BatchNorm1d{3, {}, int64}), DtypeError);
}

}  // namespace retrograd::tests
