// Dropout: in training (training.h) each element is left out at random, in evaluation none.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd::nn {

/// In training each element of x becomes 0 with probability p, drawn from the training scope's generator, and else
/// x/(1 − p), so that the mean stays; in evaluation the value is a copy of x (N. Srivastava et al., 2014, "Dropout").
/// float32, float64.
struct Dropout {
  /// The share that is left out, 0 … 1.
  double p;

  /// Error unless p lies between 0 and 1.
  explicit Dropout(double p = 0.5);
  /// x with elements left out, of its shape; with p = 1 all of them, with p = 0 none, and nothing is drawn. The value
  /// of p counts to 2⁻³². DtypeError unless x is float32 or float64.
  Tensor operator()(const Tensor& x) const;
  /// No tensors.
  static void fields(auto&, auto&&) {}
};

}  // namespace retrograd::nn

namespace retrograd::detail {
/// What the layer makes of x, but x itself where nothing is left out.
Tensor dropped(const nn::Dropout& layer, const Tensor& x);
}  // namespace retrograd::detail
