// In a program of its own, with a heap that counts: a training step that has warmed up takes no memory from it.
#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include "../../heap.h"

namespace retrograd::tests {

namespace {

// Of 50 steps, in the best of ten rounds: while another program keeps a core busy, a worker may meet its own buffers
// for the first time in any of them.
template <class Step>
long allocations_of(Step step) {
  long least = -1;
  for (int round = 0; round < 10 && least != 0; ++round) {
    for (int i = 0; i < 20; ++i) step();
    start_counting();
    for (int i = 0; i < 50; ++i) step();
    const long allocations = stop_counting();
    if (least < 0 || allocations < least) least = allocations;
  }
  return least;
}

struct Training {
  Training(const std::vector<std::int64_t>& sizes, nn::Activation activation, std::int64_t samples, bool classes)
      : model{sizes, activation, rng} {
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(samples * sizes.front()));
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(rng.below(256));
    set.inputs = tensor(bytes, {samples, sizes.front()});
    set.targets = classes ? argmax(normal({samples, sizes.back()}, 0, 1, rng), 1) : zeros({samples, sizes.back()});
  }
  void epoch(std::int64_t batch) {
    for (auto [inputs, targets] : tools::batches(set, batch, rng)) {
      Tape tape;
      tape.watch(model);
      const Tensor outputs = model(inputs);
      const Tensor loss =
          targets.dtype() == int64 ? nn::softmax_cross_entropy(outputs, targets) : mean(square(outputs - targets));
      optimizer.step(model, tape.gradients(loss));
    }
  }
  Rng rng{1};
  nn::Mlp model;
  tools::Dataset set;
  optim::Optimizer<optim::Sgd> optimizer{optim::Sgd{.learning_rate = 0.1, .momentum = 0.001, .weight_decay = 1e-4}};
};

}  // namespace

TEST_CASE("the count sees an allocation") {
  CHECK(allocations_of([] { std::vector<int>(100); }) >= 0);
  volatile std::size_t n = 100;
  CHECK(allocations_of([&] { delete new std::vector<int>(n); }) == 100);
}

TEST_CASE("a step of an MNIST network allocates nothing, on one thread and on two") {
  for (int count : {1, 2}) {
    set_threads(count);
    Training training({784, 128, 10}, nn::Activation::relu, 200, true);
    CHECK(allocations_of([&] { training.epoch(100); }) == 0);
  }
}

TEST_CASE("a step of a toy network allocates nothing") {
  Training training({2, 8, 1}, nn::Activation::tanh, 4, false);
  CHECK(allocations_of([&] { training.epoch(4); }) == 0);
}

TEST_CASE("a chain of ops and its gradients allocate nothing") {
  const Tensor x = full({16}, 0.5), a = full({16}, 1.01), b = full({16}, 0.01);
  CHECK(allocations_of([&] {
          Tape tape;
          for (const Tensor* variable : {&x, &a, &b}) tape.watch(*variable);
          Tensor y = x;
          for (int i = 0; i < 3000; ++i) y = i % 3 == 0 ? y * a : i % 3 == 1 ? y + b : tanh(y);
          const Gradients gradients = tape.gradients(sum(y));
          CHECK(gradients.size() == 3);
        }) == 0);
}

}  // namespace retrograd::tests
