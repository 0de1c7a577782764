// The rules that keep one average of the gradients, or none: Sgd and Lion.
#pragma once
#include <cstdint>

#include "rule.h"

namespace retrograd::optim {

/// Stochastic gradient descent, as PyTorch has it: d = g + weight_decay·p; v ← momentum·v + (1 − dampening)·d (the
/// first time v ← d); p ← p − learning_rate·v, or, with nesterov, p ← p − learning_rate·(d + momentum·v).
struct Sgd {
  double learning_rate = 0.01;  ///< how far a step goes, from 0
  double momentum = 0;          ///< the part of v that the next step keeps, from 0 to below 1
  double weight_decay = 0;      ///< times the parameter, added to its gradient; from 0
  double dampening = 0;         ///< the part of d that does not reach v, from 0 to 1
  bool nesterov = false;        ///< looks one step ahead; needs momentum, and no dampening

  /// v, where there is momentum.
  StateNames states() const { return {momentum != 0 ? "momentum" : nullptr}; }
  /// Error naming the first setting that makes no sense.
  void check() const;
  /// One step, the step-th from 1, of these elements; may run on several threads at once.
  template <class T>
  void update(const RunOf<T>& run, std::int64_t step) const noexcept;
};

/// Lion (Chen et al., "Symbolic discovery of optimization algorithms", 2023, program 1): p ← p − learning_rate·
/// (sign(β₁m + (1−β₁)g) + weight_decay·p), with m before its own step m ← β₂m + (1−β₂)g. The sign of NaN is NaN.
struct Lion {
  double learning_rate = 1e-4;  ///< how far a step goes, from 0; 3 to 10 times smaller than AdamW's
  double beta1 = 0.9;           ///< the part of m in what gives the sign, from 0 to below 1
  double beta2 = 0.99;          ///< the part of m that a step keeps, from 0 to below 1
  double weight_decay = 0;      ///< times the parameter, added to the sign; from 0

  /// m.
  StateNames states() const { return {"momentum"}; }
  /// Error naming the first setting that makes no sense.
  void check() const;
  /// One step, the step-th from 1, of these elements; may run on several threads at once.
  template <class T>
  void update(const RunOf<T>& run, std::int64_t step) const noexcept;
};

}  // namespace retrograd::optim
