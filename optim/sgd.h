// The rules that keep one average of the gradients, or no state: Sgd and Lion.
#pragma once
#include <cstdint>

#include "rule.h"

namespace retrograd::optim {

/// Stochastic gradient descent, as PyTorch has it: d = g + weight_decay·p; v ← momentum·v + (1 − dampening)·d (the
/// first time v ← d); p ← p − learning_rate·v, or, with nesterov, p ← p − learning_rate·(d + momentum·v).
struct Sgd {
  double learning_rate = 0.01;  ///< the step size; nonnegative
  double momentum = 0;          ///< the decay rate of v, in [0, 1)
  double weight_decay = 0;      ///< the factor of the parameter that is added to its gradient; nonnegative
  double dampening = 0;         ///< the fraction of d that is not added to v, in [0, 1]
  bool nesterov = false;        ///< uses the gradient one step ahead; requires momentum and no dampening

  /// v, with momentum.
  StateNames states() const { return {momentum != 0 ? "momentum" : nullptr}; }
  /// True without momentum and weight decay.
  bool skips_zeros(std::int64_t) const { return momentum == 0 && weight_decay == 0; }
  /// Error for the first invalid setting, which it names.
  void check() const;
  /// Updates these elements in step `step`, counted from 1; may run on several threads at once.
  template <class T>
  void update(const RunOf<T>& run, std::int64_t step) const noexcept;
};

/// Lion (Chen et al., "Symbolic discovery of optimization algorithms", 2023, program 1): p ← p − learning_rate·
/// (sign(β₁m + (1−β₁)g) + weight_decay·p), then m ← β₂m + (1−β₂)g. The sign of NaN is NaN.
struct Lion {
  double learning_rate = 1e-4;  ///< the step size; nonnegative; typically 3 to 10 times smaller than AdamW's
  double beta1 = 0.9;           ///< the weight of m in the argument of sign, in [0, 1)
  double beta2 = 0.99;          ///< the decay rate of m, in [0, 1)
  double weight_decay = 0;      ///< the factor of the parameter that is added to the sign; nonnegative

  /// m.
  StateNames states() const { return {"momentum"}; }
  /// Error for the first invalid setting, which it names.
  void check() const;
  /// Updates these elements in step `step`, counted from 1; may run on several threads at once.
  template <class T>
  void update(const RunOf<T>& run, std::int64_t step) const noexcept;
};

}  // namespace retrograd::optim
