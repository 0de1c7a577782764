// The rules that divide the gradient by the root of a sum or an average of its squares: Adagrad, RmsProp and Adadelta.
// In all of them d = g + weight_decay·p.
#pragma once
#include <cstdint>

#include "rule.h"

namespace retrograd::optim {

/// Adagrad (Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization",
/// JMLR 2011), as PyTorch has it: s ← s + d²; p ← p − learning_rate/(1 + (t−1)·rate_decay) · d / (√s + epsilon).
struct Adagrad {
  /// From 0.
  double learning_rate = 0.01;
  /// From 0, for each step.
  double rate_decay = 0;
  /// From 0.
  double weight_decay = 0;
  /// Of s, before the first step; from 0.
  double initial_accumulator = 0;
  /// Positive.
  double epsilon = 1e-10;

  /// s.
  StateNames states() const { return {"square_sum"}; }
  /// Error where a setting makes no sense.
  void check() const;
  /// The arithmetic of one step, counted from 1.
  void update(const Run& run, std::int64_t step) const;
};

/// RMSProp (Hinton, "Neural networks for machine learning", 2012, lecture 6e), as PyTorch has it: s ← αs + (1−α)d²;
/// centered (Graves, "Generating sequences with recurrent neural networks", 2013, eq. 38–41): a ← αa + (1−α)d, and s −
/// a² (not below 0) stands for s; u = d / (√s + epsilon); p ← p − learning_rate·u, or, with momentum, v ← momentum·v +
/// u and p ← p − learning_rate·v.
struct RmsProp {
  /// From 0.
  double learning_rate = 0.01;
  /// From 0 to below 1.
  double alpha = 0.99;
  /// Positive.
  double epsilon = 1e-8;
  /// From 0.
  double weight_decay = 0;
  /// From 0 to below 1.
  double momentum = 0;
  /// Whether the variance of the gradients stands for their mean square.
  bool centered = false;

  /// s, v with momentum, and a where it is centered.
  StateNames states() const {
    return {"square_average", momentum != 0 ? "momentum" : nullptr, centered ? "average" : nullptr};
  }
  /// Error where a setting makes no sense.
  void check() const;
  /// The arithmetic of one step, counted from 1.
  void update(const Run& run, std::int64_t step) const;
};

/// Adadelta (Zeiler, "ADADELTA: an adaptive learning rate method", 2012, algorithm 1): s ← ρs + (1−ρ)d²;
/// u = √(c + epsilon)/√(s + epsilon) · d; c ← ρc + (1−ρ)u²; p ← p − learning_rate·u.
struct Adadelta {
  /// From 0; the paper's is 1.
  double learning_rate = 1;
  /// From 0 to below 1.
  double rho = 0.9;
  /// Positive.
  double epsilon = 1e-6;
  /// From 0.
  double weight_decay = 0;

  /// s and c.
  StateNames states() const { return {"square_average", "change_average"}; }
  /// Error where a setting makes no sense.
  void check() const;
  /// The arithmetic of one step, counted from 1.
  void update(const Run& run, std::int64_t step) const;
};

}  // namespace retrograd::optim
