// The eight experiments of the paper (Y. Luo, "MNIST Digits Classification with MLP", 2019), by the names of its table
// 3.1: hidden layers (1, 2), activation (R, S), loss (E, S), with the printed results. Invariant: the list is complete
// and in the order of the table. Does not depend on the engine, options or files.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retrograd::experiments {

enum class Activation { relu, sigmoid };
enum class Loss { euclidean, cross_entropy };

/// One experiment, and the paper's results for it.
struct Case {
  std::string_view name;
  int hidden_layers;
  Activation activation;
  Loss loss;
  double paper_accuracy;  // table 3.1, after the last epoch
  double paper_loss;
  int train_figure;  // the n of figure 3.n: train loss and accuracy
  int test_figure;   // test loss and accuracy

  /// By name.
  bool operator==(const Case& other) const { return name == other.name; }
};

/// All eight, in the order of the table.
const std::array<Case, 8>& all_cases();

/// The case of that name, or nullptr.
const Case* find_case(std::string_view name);

/// The case with the given properties.
const Case& sibling(int hidden_layers, Activation activation, Loss loss);

/// Units per layer, from the images' pixels to the ten classes: (784, 128, 10) or (784, 128, 64, 10).
std::vector<std::int64_t> layer_sizes(const Case& which);

/// "one hidden layer, ReLU, Euclidean loss", for titles and messages.
std::string describe(const Case& which);

/// Relative training time, so that a queue can start its longest jobs first.
double relative_cost(const Case& which);

}  // namespace retrograd::experiments
