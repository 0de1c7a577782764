#include "cases.h"

#include <fmt/core.h>

#include <stdexcept>

namespace retrograd::experiments {

const std::array<Case, 8>& all_cases() {
  using enum Activation;
  using enum Loss;
  static constexpr std::array<Case, 8> kCases{{
      {"1RE", 1, relu, euclidean, 0.975, 0.039, 2, 3},
      {"1SE", 1, sigmoid, euclidean, 0.951, 0.062, 4, 5},
      {"1RS", 1, relu, cross_entropy, 0.982, 0.062, 6, 7},
      {"1SS", 1, sigmoid, cross_entropy, 0.975, 0.083, 8, 9},
      {"2RE", 2, relu, euclidean, 0.983, 0.021, 11, 12},
      {"2SE", 2, sigmoid, euclidean, 0.947, 0.053, 13, 14},
      {"2RS", 2, relu, cross_entropy, 0.981, 0.065, 15, 16},
      {"2SS", 2, sigmoid, cross_entropy, 0.976, 0.075, 17, 18},
  }};
  return kCases;
}

const Case* find_case(std::string_view name) {
  for (const Case& one : all_cases()) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

const Case& sibling(int hidden_layers, Activation activation, Loss loss) {
  for (const Case& one : all_cases()) {
    if (one.hidden_layers == hidden_layers && one.activation == activation && one.loss == loss) return one;
  }
  throw std::logic_error(fmt::format("sibling: no case has {} hidden layers", hidden_layers));
}

std::vector<std::int64_t> layer_sizes(const Case& which) {
  if (which.hidden_layers == 1) return {784, 128, 10};
  return {784, 128, 64, 10};
}

std::string describe(const Case& which) {
  return fmt::format("{}, {}, {}", which.hidden_layers == 1 ? "one hidden layer" : "two hidden layers",
                     which.activation == Activation::relu ? "ReLU" : "sigmoid",
                     which.loss == Loss::euclidean ? "Euclidean loss" : "softmax cross-entropy");
}

double relative_cost(const Case& which) {
  // Measured relative costs: the second layer and its activation, a sigmoid's exponentials, and a softmax's.
  return 1.0 + (which.hidden_layers == 2 ? 0.2 : 0.0) + (which.activation == Activation::sigmoid ? 0.05 : 0.0) +
         (which.loss == Loss::cross_entropy ? 0.02 : 0.0);
}

}  // namespace retrograd::experiments
