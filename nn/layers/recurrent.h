// Recurrent layers: a cell run over the steps of sequences, in one or both directions, in one or more layers. Batch
// first: x is (N, T, in), outputs are (N, T, hidden), or (N, T, 2·hidden) for both directions, forward first. A single
// product covers the inputs of all steps. Parameters have PyTorch's names: weight_ih_l0, weight_hh_l0, bias_ih_l0,
// bias_hh_l0, then l1 and so on for further layers, with the suffix _reverse for the backward direction.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "dropout.h"
#include "recurrent_cells.h"

namespace retrograd::nn {

/// The options of a recurrent layer.
struct RecurrentOptions {
  std::int64_t layers = 1;     ///< each layer after the first reads the outputs of the previous one
  bool bidirectional = false;  ///< adds to each layer a second cell that runs from the last step to the first
  double dropout = 0;          ///< the probability of dropping an element between layers, in training
  Activation activation = Activation::tanh;  ///< for Rnn: tanh or relu; others only support tanh
};

/// A recurrent layer of such cells: Rnn, Gru or Lstm.
template <class Cell>
struct Recurrent {
  /// h, or for an Lstm h and c: (layers·directions, N, hidden), with a layer's forward direction before its backward
  /// one.
  using State = typename Cell::State;
  /// The result of a run over the sequences.
  struct Result {
    Tensor outputs;  ///< the last layer's h at every step
    State state;     ///< after the last step; for the backward direction, after the first one
  };

  std::vector<Cell> cells;  ///< one per layer and direction, in the order of the state
  bool bidirectional;       ///< true where every other cell runs backward
  Dropout dropout;          ///< between layers

  /// The cells are drawn in order, each as it would be on its own. ShapeError unless all sizes and `layers` are
  /// positive, Error where an option is invalid.
  Recurrent(std::int64_t in, std::int64_t hidden, Rng& rng, const RecurrentOptions& options = {},
            const Initializer& initializer = FanInUniform{}, Dtype dtype = default_dtype());
  /// The outputs of a run from a zero state: x (N, T, in) → (N, T, directions·hidden). ShapeError where T is 0.
  Tensor operator()(const Tensor& x) const;
  /// A run from the given state (an empty tensor means zeros); also returns the final state, to continue from.
  Result operator()(const Tensor& x, const State& initial) const;
  /// The parameters by PyTorch's names.
  static void fields(auto& self, auto&& visit);
};

/// h′ = activation(x·weight_ihᵀ + bias_ih + h·weight_hhᵀ + bias_hh) at each step.
using Rnn = Recurrent<RnnCell>;
/// Gated recurrent units; see GruCell.
using Gru = Recurrent<GruCell>;
/// Long short-term memory; see LstmCell.
using Lstm = Recurrent<LstmCell>;

extern template struct Recurrent<RnnCell>;
extern template struct Recurrent<GruCell>;
extern template struct Recurrent<LstmCell>;

}  // namespace retrograd::nn

namespace retrograd::detail {
/// The name of a cell's parameter in its layer: "weight_ih" of cell 1 of two directions is "weight_ih_l0_reverse". Kept
/// on the stack, since walking the fields must not allocate.
class CellFieldName {
 public:
  CellFieldName(std::string_view field, std::size_t cell, bool bidirectional);
  std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, 48> text_;
  std::size_t size_;
};
}  // namespace retrograd::detail

template <class Cell>
void retrograd::nn::Recurrent<Cell>::fields(auto& self, auto&& visit) {
  for (std::size_t i = 0; i < self.cells.size(); ++i)
    Cell::fields(self.cells[i], [&](std::string_view field, auto& tensor) {
      visit(detail::CellFieldName(field, i, self.bidirectional).view(), tensor);
    });
}
