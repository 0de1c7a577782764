// The benchmarked work: training steps of small and large networks, and a chain of elementwise ops. The sizes are
// fixed, so that programs for other engines can do the same work. Invariant: a workload defines what is computed, not
// how. Does not depend on engines or clocks.
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
  bool mean_square;    // otherwise softmax cross-entropy
  std::int64_t steps;  // timed together
  std::string_view unit;
  double scale;  // converts the seconds of `steps` steps to the unit
};

/// A chain of alternating mul, add and tanh on a vector of `size`, its sum, and all gradients.
struct Chain {
  std::string_view name;
  std::int64_t size;
  std::int64_t ops;
};

/// W1 to W5, in order.
const std::vector<Training>& trainings();
/// The two chains of W6.
const std::vector<Chain>& chains();

/// The training data of the workload: MNIST if its inputs have 784 pixels, exclusive-or if they have two, otherwise
/// random bytes.
tools::Dataset samples_for(const Training& work, const std::filesystem::path& mnist);

}  // namespace retrograd::bench
