// The rules that divide an average of the gradients by the square root of an average of their squares: Adam and AdamW.
#pragma once
#include <cstdint>

#include "rule.h"

namespace retrograd::optim {

/// Adam (Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1), with weight decay added
/// to the gradient: m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; p ← p − learning_rate · m̂ / (√v̂ + epsilon), where m̂ and v̂
/// are m/(1−β₁ᵗ) and v/(1−β₂ᵗ) after t steps.
struct Adam {
  double learning_rate = 1e-3;  ///< the step size; nonnegative
  double beta1 = 0.9;           ///< the decay rate of m, in [0, 1)
  double beta2 = 0.999;         ///< the decay rate of v, in [0, 1)
  double epsilon = 1e-8;        ///< added to √v̂; positive
  double weight_decay = 0;      ///< the factor of the parameter that is added to its gradient; nonnegative
  /// Divides by the largest v so far (Reddi et al., "On the convergence of Adam and beyond", ICLR 2018).
  bool amsgrad = false;
  /// Leaves rows of an embedding table that have no gradient in a step, and their m and v, as they are (as PyTorch's
  /// SparseAdam does).
  bool lazy = false;

  /// m, √v and, with amsgrad, the largest √v. Roots, since a square overflows or underflows long before g does.
  StateNames states() const {
    return {"first_moment", "root_second_moment", amsgrad ? "largest_root_second_moment" : nullptr};
  }
  /// True if lazy.
  bool skips_zeros(std::int64_t) const { return lazy; }
  /// Error for the first invalid setting, which it names.
  void check() const;
  /// Updates these elements in step `step`, counted from 1; may run on several threads at once.
  template <class T>
  void update(const RunOf<T>& run, std::int64_t step) const noexcept;
};

/// Adam with weight decay decoupled from the gradient (Loshchilov and Hutter, "Decoupled weight decay regularization",
/// ICLR 2019, algorithm 2; as in PyTorch the decay is scaled by the learning rate): p ← (1 −
/// learning_rate·weight_decay)·p, then Adam's step without decay.
struct AdamW {
  double learning_rate = 1e-3;  ///< the step size; nonnegative
  double beta1 = 0.9;           ///< the decay rate of m, in [0, 1)
  double beta2 = 0.999;         ///< the decay rate of v, in [0, 1)
  double epsilon = 1e-8;        ///< added to √v̂; positive
  double weight_decay = 0.01;   ///< times the learning rate, the fraction of p subtracted in each step; nonnegative
  bool amsgrad = false;         ///< divides by the largest v so far
  /// Leaves rows of an embedding table that have no gradient in a step, and their m and v, as they are (as PyTorch's
  /// SparseAdam does).
  bool lazy = false;

  /// m, √v and, with amsgrad, the largest √v. Roots, since a square overflows or underflows long before g does.
  StateNames states() const {
    return {"first_moment", "root_second_moment", amsgrad ? "largest_root_second_moment" : nullptr};
  }
  /// True if lazy.
  bool skips_zeros(std::int64_t) const { return lazy; }
  /// Error for the first invalid setting, which it names.
  void check() const;
  /// Updates these elements in step `step`, counted from 1; may run on several threads at once.
  template <class T>
  void update(const RunOf<T>& run, std::int64_t step) const noexcept;
};

}  // namespace retrograd::optim
