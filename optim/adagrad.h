// The rules that divide the gradient by the square root of a sum or an average of its squares: Adagrad, RmsProp and
// Adadelta. In all of them d = g + weight_decay·p.
#pragma once
#include <cstdint>

#include "rule.h"

namespace retrograd::optim {

/// Adagrad (Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization",
/// JMLR 2011), as PyTorch has it: s ← s + d²; p ← p − learning_rate/(1 + (t−1)·rate_decay) · d / (√s + epsilon).
struct Adagrad {
  double learning_rate = 0.01;     ///< the step size; nonnegative
  double rate_decay = 0;           ///< how much the divisor of the learning rate grows per step; nonnegative
  double weight_decay = 0;         ///< the factor of the parameter that is added to its gradient; nonnegative
  double initial_accumulator = 0;  ///< the initial value of s; nonnegative
  double epsilon = 1e-10;          ///< added to √s; positive

  /// √s rather than s, since a square overflows or underflows long before d does.
  StateNames states() const { return {"root_square_sum"}; }
  /// True without weight decay, once the sum has its initial value.
  bool skips_zeros(std::int64_t step) const { return weight_decay == 0 && (step > 1 || initial_accumulator == 0); }
  /// Error for the first invalid setting, which it names.
  void check() const;
  /// Updates these elements in step `step`, counted from 1; may run on several threads at once.
  template <class T>
  void update(const RunOf<T>& run, std::int64_t step) const noexcept;
};

/// RMSProp (Hinton, "Neural networks for machine learning", 2012, lecture 6e), as PyTorch has it: s ← αs + (1−α)d²; if
/// centered (Graves, "Generating sequences with recurrent neural networks", 2013, eq. 38–41): a ← αa + (1−α)d, and s −
/// a² (clamped to 0 from below) replaces s; u = d / (√s + epsilon); p ← p − learning_rate·u, or, with momentum, v ←
/// momentum·v + u and p ← p − learning_rate·v.
struct RmsProp {
  double learning_rate = 0.01;  ///< the step size; nonnegative
  double alpha = 0.99;          ///< the decay rate of s, in [0, 1)
  double epsilon = 1e-8;        ///< added to √s; positive
  double weight_decay = 0;      ///< the factor of the parameter that is added to its gradient; nonnegative
  double momentum = 0;          ///< the decay rate of v, in [0, 1)
  bool centered = false;        ///< whether to divide by the variance of the gradients instead of their mean square

  /// √s; v with momentum; a if centered.
  StateNames states() const {
    return {"root_square_average", momentum != 0 ? "momentum" : nullptr, centered ? "average" : nullptr};
  }
  /// Error for the first invalid setting, which it names.
  void check() const;
  /// Updates these elements in step `step`, counted from 1; may run on several threads at once.
  template <class T>
  void update(const RunOf<T>& run, std::int64_t step) const noexcept;
};

/// Adadelta (Zeiler, "ADADELTA: an adaptive learning rate method", 2012, algorithm 1): s ← ρs + (1−ρ)d²;
/// u = √(c + epsilon)/√(s + epsilon) · d; c ← ρc + (1−ρ)u²; p ← p − learning_rate·u.
struct Adadelta {
  double learning_rate = 1;  ///< the step size; nonnegative; the paper's is 1
  double rho = 0.9;          ///< the decay rate of s and c, in [0, 1)
  double epsilon = 1e-6;     ///< added to s and c; positive
  double weight_decay = 0;   ///< the factor of the parameter that is added to its gradient; nonnegative

  /// √s and √c.
  StateNames states() const { return {"root_square_average", "root_change_average"}; }
  /// Error for the first invalid setting, which it names.
  void check() const;
  /// Updates these elements in step `step`, counted from 1; may run on several threads at once.
  template <class T>
  void update(const RunOf<T>& run, std::int64_t step) const noexcept;
};

}  // namespace retrograd::optim
