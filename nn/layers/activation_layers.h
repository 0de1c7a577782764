// Activations with a parameter such as a slope, as layers; the others go into a Sequential as plain functions
// (rg::relu). They have no tensors.
#pragma once
#include "../../core/tensor/tensor.h"
#include "../../ops/elementwise/activations.h"
#include "../../ops/elementwise/hyperbolic.h"
#include "../../ops/elementwise/rectifiers.h"

namespace retrograd::nn {

/// x where x > 0, else slope · x; see rg::leaky_relu.
struct LeakyRelu {
  double slope = 0.01;  ///< the slope for x < 0

  /// Element by element.
  Tensor operator()(const Tensor& x) const;
  /// No tensors.
  static void fields(auto&, auto&&) {}
};

/// x where x > 0, else alpha · (e^x − 1); see rg::elu.
struct Elu {
  double alpha = 1;  ///< minus the limit of the value as x → −∞

  /// Element by element.
  Tensor operator()(const Tensor& x) const;
  /// No tensors.
  static void fields(auto&, auto&&) {}
};

/// x · Φ(x), or its approximation by tanh; see rg::gelu.
struct Gelu {
  GeluApproximation approximate = GeluApproximation::none;  ///< none or tanh

  /// Element by element.
  Tensor operator()(const Tensor& x) const;
  /// No tensors.
  static void fields(auto&, auto&&) {}
};

/// e^(xₖ)/Σⱼ e^(xⱼ) along an axis; see rg::softmax.
struct Softmax {
  int axis = -1;  ///< counted from the end when negative

  /// ShapeError where x has no such axis.
  Tensor operator()(const Tensor& x) const;
  /// No tensors.
  static void fields(auto&, auto&&) {}
};

/// xₖ − ln Σⱼ e^(xⱼ) along an axis; see rg::log_softmax.
struct LogSoftmax {
  int axis = -1;  ///< counted from the end when negative

  /// ShapeError where x has no such axis.
  Tensor operator()(const Tensor& x) const;
  /// No tensors.
  static void fields(auto&, auto&&) {}
};

}  // namespace retrograd::nn
