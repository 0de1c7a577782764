// Update rules: arithmetic on the elements of a parameter p with gradient g, one pass over their memory, set by
// designated initialisers. Weight decay and the rates are numbers without units.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "../core/dtype.h"

/// Update rules, and the optimizer that applies them.
namespace retrograd::optim {

/// Neighbouring elements of a parameter, of its gradient, and of the state that a rule keeps for each of them (zeros
/// before the first step).
struct Run {
  static constexpr std::size_t kMostStates = 2;  ///< the most numbers a rule may keep for each element
  Dtype dtype;                                   ///< of all of them
  void* parameter;                               ///< the first element, to be updated
  const void* gradient;                          ///< the first element
  std::array<void*, kMostStates> state;          ///< the first elements, to be updated
  std::int64_t n;                                ///< how many elements
};

/// Stochastic gradient descent: v ← momentum·v + (g + weight_decay·p); p ← p − learning_rate·v.
struct Sgd {
  double learning_rate = 0.01;  ///< how far a step goes
  double momentum = 0;          ///< the part of v that the next step keeps, from 0 to below 1
  double weight_decay = 0;      ///< times the parameter, added to its gradient

  /// How many numbers the rule keeps for each element: v, where there is momentum.
  std::size_t states() const { return momentum != 0 ? 1 : 0; }
  /// Error naming the first setting that makes no sense.
  void check() const;
  /// One step, the step-th from 1, of these elements; may run on several threads at once.
  void update(const Run& run, std::int64_t step) const;
};

/// Adam (Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1), with weight decay added
/// to the gradient: m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; p ← p − learning_rate · m̂ / (√v̂ + epsilon), where m̂ and v̂
/// are m/(1−β₁ᵗ) and v/(1−β₂ᵗ) after t steps.
struct Adam {
  double learning_rate = 1e-3;  ///< how far a step goes
  double beta1 = 0.9;           ///< the part of m that a step keeps
  double beta2 = 0.999;         ///< the part of v that a step keeps
  double epsilon = 1e-8;        ///< added to √v̂
  double weight_decay = 0;      ///< times the parameter, added to its gradient

  /// m and v.
  std::size_t states() const { return 2; }
  /// Error naming the first setting that makes no sense.
  void check() const;
  /// One step, the step-th from 1, of these elements; may run on several threads at once.
  void update(const Run& run, std::int64_t step) const;
};

}  // namespace retrograd::optim
