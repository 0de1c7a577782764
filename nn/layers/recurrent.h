// Recurrent layers: a cell run over the steps of sequences, in one direction or both, in several layers. Batch first:
// x is (N, T, in), outputs are (N, T, hidden), or (N, T, 2·hidden) of both directions, forward first. The product with
// the inputs is one for all steps. Parameters are named as PyTorch names them: weight_ih_l0, weight_hh_l0, bias_ih_l0,
// bias_hh_l0, with l1 and so on for further layers and _reverse behind those of the backward direction.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "dropout.h"
#include "recurrent_cells.h"

namespace retrograd::nn {

/// How the cells of a recurrent layer are arranged.
struct RecurrentOptions {
  std::int64_t layers = 1;                   ///< each but the first reads the outputs of the one before
  bool bidirectional = false;                ///< a second cell in each layer runs from the last step to the first
  double dropout = 0;                        ///< the share of elements dropped between layers, in training
  Activation activation = Activation::tanh;  ///< of an Rnn: tanh or relu; the others have no choice
};

/// A recurrent layer of such cells: Rnn, Gru or Lstm.
template <class Cell>
struct Recurrent {
  /// h, or of an Lstm h and c: (layers·directions, N, hidden), a layer's forward direction before its backward one.
  using State = typename Cell::State;
  /// What comes out of a run over the sequences.
  struct Result {
    Tensor outputs;  ///< the last layer's h at every step
    State state;     ///< after the last step, of the backward direction after the first one
  };

  std::vector<Cell> cells;  ///< one for each layer and direction, in the order of the state
  bool bidirectional;       ///< true where every other cell runs backward
  Dropout dropout;          ///< between layers

  /// The cells are drawn in their order, as cells alone are. ShapeError unless all sizes and `layers` are positive,
  /// Error where an option does not fit.
  Recurrent(std::int64_t in, std::int64_t hidden, Rng& rng, const RecurrentOptions& options = {},
            const Initializer& initializer = FanInUniform{}, Dtype dtype = default_dtype());
  /// The outputs of a run that starts with zeros: x (N, T, in) → (N, T, directions·hidden). ShapeError where T is 0.
  Tensor operator()(const Tensor& x) const;
  /// The same from this state (an empty tensor stands for zeros), and the state at the end, for the next piece.
  Result operator()(const Tensor& x, const State& initial) const;
  /// The parameters by PyTorch's names.
  static void fields(auto& self, auto&& visit);
};

/// h′ = activation(x·weight_ihᵀ + bias_ih + h·weight_hhᵀ + bias_hh) at each step.
using Rnn = Recurrent<RnnCell>;
/// Gated recurrent units, as GruCell has them.
using Gru = Recurrent<GruCell>;
/// Long short-term memory, as LstmCell has it.
using Lstm = Recurrent<LstmCell>;

extern template struct Recurrent<RnnCell>;
extern template struct Recurrent<GruCell>;
extern template struct Recurrent<LstmCell>;

}  // namespace retrograd::nn

namespace retrograd::detail {
/// The name of a cell's parameter in its layer: "weight_ih" of cell 1 of two directions is "weight_ih_l0_reverse". On
/// the stack, since a walk over the fields allocates nothing.
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
