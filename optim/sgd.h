// The rules that keep one average of the gradients, or none: Sgd and Lion.
#pragma once
#include <cstdint>

#include "rule.h"

namespace retrograd::optim {

/// Stochastic gradient descent, as PyTorch has it: d = g + weight_decay·p; v ← momentum·v + (1 − dampening)·d (the
/// first time v ← d); p ← p − learning_rate·v, or, with nesterov, p ← p − learning_rate·(d + momentum·v).
struct Sgd {
  /// From 0.
  double learning_rate = 0.01;
  /// From 0 to below 1.
  double momentum = 0;
  /// From 0.
  double weight_decay = 0;
  /// From 0 to 1.
  double dampening = 0;
  /// Needs momentum, and no dampening.
  bool nesterov = false;

  /// v, where there is momentum.
  StateNames states() const { return {momentum != 0 ? "momentum" : nullptr}; }
  /// Error where a setting makes no sense.
  void check() const;
  /// The arithmetic of one step, counted from 1.
  void update(const Run& run, std::int64_t step) const;
};

/// Lion (Chen et al., "Symbolic discovery of optimization algorithms", 2023, program 1): p ← p − learning_rate·
/// (sign(β₁m + (1−β₁)g) + weight_decay·p), with m before its own step m ← β₂m + (1−β₂)g. The sign of NaN is NaN.
struct Lion {
  /// From 0; some 3 to 10 times smaller than for AdamW.
  double learning_rate = 1e-4;
  /// From 0 to below 1.
  double beta1 = 0.9;
  /// From 0 to below 1.
  double beta2 = 0.99;
  /// From 0; decoupled from the gradient.
  double weight_decay = 0;

  /// m.
  StateNames states() const { return {"momentum"}; }
  /// Error where a setting makes no sense.
  void check() const;
  /// The arithmetic of one step, counted from 1.
  void update(const Run& run, std::int64_t step) const;
};

}  // namespace retrograd::optim
