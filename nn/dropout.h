// Dropout: in training (training.h) each element is left out at random, in evaluation none.
#pragma once
#include "../core/tensor.h"

namespace retrograd::nn {

/// In training each element of x becomes 0 with probability p, drawn from the training scope's generator, and else
/// x/(1 − p), so that the mean stays; in evaluation the value is x (N. Srivastava et al., 2014, "Dropout"). float32,
/// float64.
struct Dropout {
  /// The share that is left out, 0 … 1.
  double p;

  /// Error unless p lies between 0 and 1.
  explicit Dropout(double p = 0.5);
  /// x with elements left out, of its shape. With p = 1 all are, with p = 0 none is and nothing is drawn.
  Tensor operator()(const Tensor& x) const;
  /// No tensors.
  static void fields(auto&, auto&&) {}
};

}  // namespace retrograd::nn
