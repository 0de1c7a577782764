// One step of a recurrent layer: cells with PyTorch's parameters, order of gates and equations. Weights are (G·hidden,
// in) and (G·hidden, hidden) for G gates, one below the other, so that a step is one product for all gates. `input` is
// the part of a step that needs no state, for many steps at once. A bias is the sum of two, one for each product. What
// runs a cell over time is recurrent.h's.
#pragma once
#include <cstdint>

#include "../../core/base/random.h"
#include "../../core/tensor/tensor.h"
#include "../base/activation.h"
#include "../base/initializers.h"

namespace retrograd::detail {
/// The fields of every recurrent cell, by PyTorch's names.
void cell_fields(auto& self, auto& visit) {
  visit("weight_ih", self.weight_ih);
  visit("weight_hh", self.weight_hh);
  visit("bias_ih", self.bias_ih);
  visit("bias_hh", self.bias_hh);
}
}  // namespace retrograd::detail

namespace retrograd::nn {

/// The plain recurrent cell (J. Elman 1990).
struct RnnCell {
  /// What is handed from step to step: h (N, hidden).
  using State = Tensor;
  Tensor weight_ih;       ///< (hidden, in)
  Tensor weight_hh;       ///< (hidden, hidden)
  Tensor bias_ih;         ///< (hidden), added to the product with x
  Tensor bias_hh;         ///< (hidden), added to the product with h
  Activation activation;  ///< tanh or relu

  /// The parameters are drawn in the order of their fields, by default evenly from ±1/√hidden, as PyTorch's; another
  /// initializer is told what each sums over. ShapeError unless both sizes are positive, Error where the activation is
  /// neither tanh nor relu.
  RnnCell(std::int64_t in, std::int64_t hidden, Rng& rng, Activation activation = Activation::tanh,
          const Initializer& initializer = FanInUniform{}, Dtype dtype = default_dtype());
  /// h′ = activation(x·weight_ihᵀ + bias_ih + h·weight_hhᵀ + bias_hh): x (N, in), h (N, hidden) → (N, hidden); without
  /// h it is zero.
  Tensor operator()(const Tensor& x, const Tensor& h = {}) const;
  /// x (…, in) → (…, hidden): all of a step but the product with h.
  Tensor input(const Tensor& x) const;
  /// A step from what `input` made of x.
  Tensor step(const Tensor& from_x, const Tensor& h) const;
  /// The parameters by PyTorch's names.
  static void fields(auto& self, auto&& visit) { detail::cell_fields(self, visit); }
};

/// The gated recurrent unit (K. Cho et al. 2014) as PyTorch has it: gates r, z, n, and r applied behind the product.
struct GruCell {
  /// What is handed from step to step: h (N, hidden).
  using State = Tensor;
  Tensor weight_ih;  ///< (3·hidden, in)
  Tensor weight_hh;  ///< (3·hidden, hidden)
  Tensor bias_ih;    ///< (3·hidden), added to the product with x
  Tensor bias_hh;    ///< (3·hidden), added to the product with h

  /// As RnnCell's.
  GruCell(std::int64_t in, std::int64_t hidden, Rng& rng, const Initializer& initializer = FanInUniform{},
          Dtype dtype = default_dtype());
  /// With a = x·weight_ihᵀ + bias_ih and b = h·weight_hhᵀ + bias_hh: r = σ(aᵣ + bᵣ), z = σ(a_z + b_z), n = tanh(aₙ +
  /// r∘bₙ), h′ = (1 − z)∘n + z∘h. x (N, in), h (N, hidden) → (N, hidden); without h it is zero.
  Tensor operator()(const Tensor& x, const Tensor& h = {}) const;
  /// x (…, in) → a (…, 3·hidden).
  Tensor input(const Tensor& x) const;
  /// A step from what `input` made of x.
  Tensor step(const Tensor& from_x, const Tensor& h) const;
  /// The parameters by PyTorch's names.
  static void fields(auto& self, auto&& visit) { detail::cell_fields(self, visit); }
};

/// What an LSTM hands from step to step: each (N, hidden) of a cell, (layers·directions, N, hidden) of a layer. Where
/// one of the two is empty it stands for zeros.
struct LstmState {
  Tensor h = {};  ///< the output of the last step
  Tensor c = {};  ///< the cell
  /// Both, so that a state can be watched and differentiated like a model.
  static void fields(auto& self, auto&& visit) {
    visit("h", self.h);
    visit("c", self.c);
  }
};

/// Long short-term memory (S. Hochreiter, J. Schmidhuber 1997; F. Gers et al. 2000) as PyTorch has it: gates i, f, g,
/// o.
struct LstmCell {
  /// What is handed from step to step.
  using State = LstmState;
  Tensor weight_ih;  ///< (4·hidden, in)
  Tensor weight_hh;  ///< (4·hidden, hidden)
  Tensor bias_ih;    ///< (4·hidden), added to the product with x
  Tensor bias_hh;    ///< (4·hidden), added to the product with h

  /// As RnnCell's.
  LstmCell(std::int64_t in, std::int64_t hidden, Rng& rng, const Initializer& initializer = FanInUniform{},
           Dtype dtype = default_dtype());
  /// With a = x·weight_ihᵀ + bias_ih + h·weight_hhᵀ + bias_hh: c′ = σ(a_f)∘c + σ(aᵢ)∘tanh(a_g), h′ = σ(aₒ)∘tanh(c′).
  /// x (N, in), h and c (N, hidden) → h′ and c′ (N, hidden).
  LstmState operator()(const Tensor& x, const LstmState& state = {}) const;
  /// x (…, in) → (…, 4·hidden): all of a but the product with h.
  Tensor input(const Tensor& x) const;
  /// A step from what `input` made of x.
  LstmState step(const Tensor& from_x, const LstmState& state) const;
  /// The parameters by PyTorch's names.
  static void fields(auto& self, auto&& visit) { detail::cell_fields(self, visit); }
};

}  // namespace retrograd::nn
