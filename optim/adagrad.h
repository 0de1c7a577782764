// The rules that divide the gradient by the root of a sum or an average of its squares: Adagrad, RmsProp and Adadelta.
// In all of them d = g + weight_decay·p.
#pragma once
#include <cstdint>

#include "rule.h"

namespace retrograd::optim {

/// Adagrad (Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization",
/// JMLR 2011), as PyTorch has it: s ← s + d²; p ← p − learning_rate/(1 + (t−1)·rate_decay) · d / (√s + epsilon).
struct Adagrad {
  double learning_rate = 0.01;     ///< how far a step goes, from 0
  double rate_decay = 0;           ///< by which each step divides the learning rate further; from 0
  double weight_decay = 0;         ///< times the parameter, added to its gradient; from 0
  double initial_accumulator = 0;  ///< of s, before the first step; from 0
  double epsilon = 1e-10;          ///< added to √s; positive

  /// √s: a root, since a square overflows or vanishes long before d does.
  StateNames states() const { return {"root_square_sum"}; }
  /// Error naming the first setting that makes no sense.
  void check() const;
  /// One step, the step-th from 1, of these elements; may run on several threads at once.
  template <class T>
  void update(const RunOf<T>& run, std::int64_t step) const noexcept;
};

/// RMSProp (Hinton, "Neural networks for machine learning", 2012, lecture 6e), as PyTorch has it: s ← αs + (1−α)d²;
/// centered (Graves, "Generating sequences with recurrent neural networks", 2013, eq. 38–41): a ← αa + (1−α)d, and s −
/// a² (not below 0) stands for s; u = d / (√s + epsilon); p ← p − learning_rate·u, or, with momentum, v ← momentum·v +
/// u and p ← p − learning_rate·v.
struct RmsProp {
  double learning_rate = 0.01;  ///< how far a step goes, from 0
  double alpha = 0.99;          ///< the part of s that a step keeps, from 0 to below 1
  double epsilon = 1e-8;        ///< added to √s; positive
  double weight_decay = 0;      ///< times the parameter, added to its gradient; from 0
  double momentum = 0;          ///< the part of v that the next step keeps, from 0 to below 1
  bool centered = false;        ///< whether the variance of the gradients stands for their mean square

  /// √s, v with momentum, and a where it is centered.
  StateNames states() const {
    return {"root_square_average", momentum != 0 ? "momentum" : nullptr, centered ? "average" : nullptr};
  }
  /// Error naming the first setting that makes no sense.
  void check() const;
  /// One step, the step-th from 1, of these elements; may run on several threads at once.
  template <class T>
  void update(const RunOf<T>& run, std::int64_t step) const noexcept;
};

/// Adadelta (Zeiler, "ADADELTA: an adaptive learning rate method", 2012, algorithm 1): s ← ρs + (1−ρ)d²;
/// u = √(c + epsilon)/√(s + epsilon) · d; c ← ρc + (1−ρ)u²; p ← p − learning_rate·u.
struct Adadelta {
  double learning_rate = 1;  ///< how far a step goes, from 0; the paper's is 1
  double rho = 0.9;          ///< the part of s and c that a step keeps, from 0 to below 1
  double epsilon = 1e-6;     ///< added to s and c; positive
  double weight_decay = 0;   ///< times the parameter, added to its gradient; from 0

  /// √s and √c.
  StateNames states() const { return {"root_square_average", "root_change_average"}; }
  /// Error naming the first setting that makes no sense.
  void check() const;
  /// One step, the step-th from 1, of these elements; may run on several threads at once.
  template <class T>
  void update(const RunOf<T>& run, std::int64_t step) const noexcept;
};

}  // namespace retrograd::optim
