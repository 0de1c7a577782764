// The multilayer perceptron: linear layers with an activation between them.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "linear.h"

namespace retrograd::nn {

enum class Activation { identity, relu, sigmoid, tanh };

/// The activation, element by element.
Tensor activate(Activation activation, const Tensor& x);
/// "relu" and so on.
std::string_view name(Activation activation);

/// Linear layers of sizes[0] → sizes[1] → …, with the activation after all but the last: x (N, sizes.front()) →
/// (N, sizes.back()).
struct Mlp {
  std::vector<Linear> layers;
  Activation activation;

  Mlp(const std::vector<std::int64_t>& sizes, Activation activation, Rng& rng,
      const Initialiser& initialiser = FanInUniform{}, Dtype dtype = float32);
  Tensor operator()(const Tensor& x) const;
  static void fields(auto& self, auto&& visit) { visit("layers", self.layers); }
};

}  // namespace retrograd::nn
