// One step of a recurrent layer: cells with PyTorch's parameters, order of gates and equations. Weights are (G·hidden,
// in) and (G·hidden, hidden) for G stacked gates, so that a step is one product for all gates. `input` is the part of a
// step that does not depend on the state, and can be computed for many steps at once. There are two biases, one for
// each product. For running a cell over time see recurrent.h.
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
  /// What is passed from step to step: h (N, hidden).
  using State = Tensor;
  Tensor weight_ih;       ///< (hidden, in)
  Tensor weight_hh;       ///< (hidden, hidden)
  Tensor bias_ih;         ///< (hidden), added to the product with x
  Tensor bias_hh;         ///< (hidden), added to the product with h
  Activation activation;  ///< tanh or relu

  /// The parameters are drawn in the order of the fields, by default uniform in ±1/√hidden, as in PyTorch; another
  /// initializer is passed the fan-in of each. ShapeError unless both sizes are positive, Error where the activation is
  /// neither tanh nor relu.
  RnnCell(std::int64_t in, std::int64_t hidden, Rng& rng, Activation activation = Activation::tanh,
          const Initializer& initializer = FanInUniform{}, Dtype dtype = default_dtype());
  /// h′ = activation(x·weight_ihᵀ + bias_ih + h·weight_hhᵀ + bias_hh): x (N, in), h (N, hidden) → (N, hidden); an empty
  /// h means zeros.
  Tensor operator()(const Tensor& x, const Tensor& h = {}) const;
  /// x (…, in) → (…, hidden): the part of a step that does not depend on h.
  Tensor input(const Tensor& x) const;
  /// A step, given input(x).
  Tensor step(const Tensor& from_x, const Tensor& h) const;
  /// The parameters by PyTorch's names.
  static void fields(auto& self, auto&& visit) { detail::cell_fields(self, visit); }
};

/// The gated recurrent unit (K. Cho et al. 2014) as PyTorch has it: gates r, z, n, with r applied after the product.
struct GruCell {
  /// What is passed from step to step: h (N, hidden).
  using State = Tensor;
  Tensor weight_ih;  ///< (3·hidden, in)
  Tensor weight_hh;  ///< (3·hidden, hidden)
  Tensor bias_ih;    ///< (3·hidden), added to the product with x
  Tensor bias_hh;    ///< (3·hidden), added to the product with h

  /// As for RnnCell.
  GruCell(std::int64_t in, std::int64_t hidden, Rng& rng, const Initializer& initializer = FanInUniform{},
          Dtype dtype = default_dtype());
  /// With a = x·weight_ihᵀ + bias_ih and b = h·weight_hhᵀ + bias_hh: r = σ(aᵣ + bᵣ), z = σ(a_z + b_z), n = tanh(aₙ +
  /// r∘bₙ), h′ = (1 − z)∘n + z∘h. x (N, in), h (N, hidden) → (N, hidden); an empty h means zeros.
  Tensor operator()(const Tensor& x, const Tensor& h = {}) const;
  /// x (…, in) → a (…, 3·hidden).
  Tensor input(const Tensor& x) const;
  /// A step, given input(x).
  Tensor step(const Tensor& from_x, const Tensor& h) const;
  /// The parameters by PyTorch's names.
  static void fields(auto& self, auto&& visit) { detail::cell_fields(self, visit); }
};

/// What an LSTM passes from step to step: each tensor is (N, hidden) for a cell, (layers·directions, N, hidden) for a
/// layer. An empty tensor means zeros.
struct LstmState {
  Tensor h = {};  ///< the output of the last step
  Tensor c = {};  ///< the cell state
  /// Both, so that a state can be watched and differentiated like a model.
  static void fields(auto& self, auto&& visit) {
    visit("h", self.h);
    visit("c", self.c);
  }
};

/// Long short-term memory (S. Hochreiter, J. Schmidhuber 1997; F. Gers et al. 2000) as PyTorch has it: gates i, f, g,
/// o.
struct LstmCell {
  /// What is passed from step to step.
  using State = LstmState;
  Tensor weight_ih;  ///< (4·hidden, in)
  Tensor weight_hh;  ///< (4·hidden, hidden)
  Tensor bias_ih;    ///< (4·hidden), added to the product with x
  Tensor bias_hh;    ///< (4·hidden), added to the product with h

  /// As for RnnCell.
  LstmCell(std::int64_t in, std::int64_t hidden, Rng& rng, const Initializer& initializer = FanInUniform{},
           Dtype dtype = default_dtype());
  /// With a = x·weight_ihᵀ + bias_ih + h·weight_hhᵀ + bias_hh: c′ = σ(a_f)∘c + σ(aᵢ)∘tanh(a_g), h′ = σ(aₒ)∘tanh(c′).
  /// x (N, in), h and c (N, hidden) → h′ and c′ (N, hidden).
  LstmState operator()(const Tensor& x, const LstmState& state = {}) const;
  /// x (…, in) → (…, 4·hidden): the part of a that does not depend on h.
  Tensor input(const Tensor& x) const;
  /// A step, given input(x).
  LstmState step(const Tensor& from_x, const LstmState& state) const;
  /// The parameters by PyTorch's names.
  static void fields(auto& self, auto&& visit) { detail::cell_fields(self, visit); }
};

}  // namespace retrograd::nn
