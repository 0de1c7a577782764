// Dropout: elements are zeroed at random in training (../base/training.h) and never in evaluation.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd::nn {

/// In training each element of x becomes 0 with probability p, drawn from the training scope's generator, and otherwise
/// x/(1 − p), which preserves the mean; in evaluation the result is a copy of x (N. Srivastava et al., 2014,
/// "Dropout"). float32, float64.
struct Dropout {
  /// The probability of dropping an element, 0 … 1.
  double p;

  /// Error unless p is between 0 and 1.
  explicit Dropout(double p = 0.5);
  /// x with elements dropped, of the same shape. For p = 1 all are dropped and for p = 0 none, without drawing. p is
  /// rounded to a multiple of 2⁻³². DtypeError unless x is float32 or float64.
  Tensor operator()(const Tensor& x) const;
  /// No tensors.
  static void fields(auto&, auto&&) {}
};

}  // namespace retrograd::nn

namespace retrograd::detail {
/// The layer applied to x, but x itself, not a copy, where nothing is dropped.
Tensor dropped(const nn::Dropout& layer, const Tensor& x);
}  // namespace retrograd::detail
