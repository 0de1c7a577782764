// Update rules: arithmetic on one parameter p with gradient g, one pass over its memory, set by designated
// initialisers. Weight decay and the rates are numbers without units.
#pragma once
#include <cstdint>

#include "../core/tensor.h"

namespace retrograd::optim {

/// Stochastic gradient descent: v ← momentum·v + (g + weight_decay·p); p ← p − learning_rate·v.
struct Sgd {
  double learning_rate = 0.01;
  double momentum = 0;
  double weight_decay = 0;

  struct State {
    Tensor velocity;  // zeros before the first step; kept only where there is momentum
  };
  void check() const;
  void update(Tensor& parameter, const Tensor& gradient, State& state, std::int64_t step) const;
};

/// Adam (Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1), with weight decay added
/// to the gradient: m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; p ← p − learning_rate · m̂ / (√v̂ + epsilon), where m̂ and v̂
/// are m/(1−β₁ᵗ) and v/(1−β₂ᵗ) after t steps.
struct Adam {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;

  struct State {
    Tensor mean, square;  // m and v, zeros before the first step
  };
  void check() const;
  void update(Tensor& parameter, const Tensor& gradient, State& state, std::int64_t step) const;
};

}  // namespace retrograd::optim
