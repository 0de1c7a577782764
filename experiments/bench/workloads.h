// The work that is measured: training steps of small and large networks, and a chain of elementwise ops. The numbers
// are fixed, so that programs for other engines can do the same work.
// Invariant: a workload says what is done, never how.
// Refuses to know: engines, clocks.
#pragma once
#include <retrograd/retrograd.h>

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

namespace retrograd::bench {

/// A training step of a multilayer perceptron by Sgd (learning rate 0.1, momentum 0.001, weight decay 1e-4) on a
/// shuffled batch, gathered and decoded within the step. Float32.
struct Training {
  std::string_view name;
  std::vector<std::int64_t> sizes;
  nn::Activation activation;
  std::int64_t batch;
  bool mean_square;    // else softmax cross-entropy
  std::int64_t steps;  // timed together
  std::string_view unit;
  double scale;  // seconds of `steps` steps → unit
};

/// A chain of alternating mul, add and tanh on a vector of `size`, its sum, and the gradients of all of it.
struct Chain {
  std::string_view name;
  std::int64_t size;
  std::int64_t ops;
};

/// W1 to W5, in order.
const std::vector<Training>& trainings();
/// The two of W6.
const std::vector<Chain>& chains();

/// What the workload trains on: MNIST where its inputs have 784 pixels, exclusive or for two, else random bytes.
tools::Dataset samples_for(const Training& work, const std::filesystem::path& mnist);

}  // namespace retrograd::bench
