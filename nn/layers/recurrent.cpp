#include "recurrent.h"

#include <fmt/format.h>

#include <algorithm>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/tape/linear.h"
#include "../../core/tensor/format.h"
#include "../../ops/shape/joining.h"
#include "../../ops/shape/views.h"
#include "../base/check.h"

namespace retrograd {

detail::CellFieldName::CellFieldName(std::string_view field, std::size_t cell, bool bidirectional) {
  const bool backward = bidirectional && cell % 2 == 1;
  const int size = std::snprintf(text_.data(), text_.size(), "%.*s_l%zu%s", static_cast<int>(field.size()),
                                 field.data(), bidirectional ? cell / 2 : cell, backward ? "_reverse" : "");
  size_ = std::min(static_cast<std::size_t>(size), text_.size() - 1);
}

namespace nn {

namespace {

using Tensors = std::vector<Tensor, detail::PoolAllocator<Tensor>>;

// Splits a state into the states of the cells and joins them again: a list of h, or lists of h and c.
template <class State>
struct States;

template <>
struct States<Tensor> {
  Tensors h;
  void add(const Tensor& state) { h.push_back(state); }
  Tensor joined() const { return stack(h); }
};
template <>
struct States<LstmState> {
  Tensors h, c;
  void add(const LstmState& state) {
    h.push_back(state.h);
    c.push_back(state.c);
  }
  LstmState joined() const { return {stack(h), stack(c)}; }
};

const Tensor& output_of(const Tensor& h) { return h; }
const Tensor& output_of(const LstmState& state) { return state.h; }

template <class Cell>
constexpr const char* kName = nullptr;
template <>
constexpr const char* kName<RnnCell> = "Rnn";
template <>
constexpr const char* kName<GruCell> = "Gru";
template <>
constexpr const char* kName<LstmCell> = "Lstm";

template <class Cell>
Cell make_cell(std::int64_t in, std::int64_t hidden, Rng& rng, [[maybe_unused]] Activation activation,
               const Initializer& initializer, Dtype dtype) {
  if constexpr (std::is_same_v<Cell, RnnCell>)
    return Cell{in, hidden, rng, activation, initializer, dtype};
  else
    return Cell{in, hidden, rng, initializer, dtype};
}

// Checks the initial state, or makes zeros: the batch size of x, the number of cells, and the cells' dtype and width.
struct StateShape {
  const char* layer;
  std::int64_t cells, rows;
  const Tensor& weight_hh;

  Tensor checked(const char* argument, const Tensor& given) const {
    const std::int64_t hidden = weight_hh.shape()[1];
    if (!given.defined()) return zeros({cells, rows, hidden}, weight_hh.dtype());
    detail::check_argument(layer, argument, given, weight_hh, {cells, rows, hidden});
    return given;
  }
  Tensor operator()(const Tensor& given) const { return checked("the state h", given); }
  LstmState operator()(const LstmState& given) const {
    return {checked("the state h", given.h), checked("the state c", given.c)};
  }
};

Tensor of_cell(const Tensor& state, std::size_t cell) { return unstack(state, static_cast<std::int64_t>(cell)); }
LstmState of_cell(const LstmState& state, std::size_t cell) { return {of_cell(state.h, cell), of_cell(state.c, cell)}; }

}  // namespace

template <class Cell>
Recurrent<Cell>::Recurrent(std::int64_t in, std::int64_t hidden, Rng& rng, const RecurrentOptions& options,
                           const Initializer& initializer, Dtype dtype)
    : bidirectional(options.bidirectional), dropout(options.dropout) {
  const char* own = kName<Cell>;
  if (in < 1 || hidden < 1 || options.layers < 1)
    detail::fail<ShapeError>("{}: sizes must be positive, got {} in, {} hidden, {} layers", own, in, hidden,
                             options.layers);
  const bool is_plain = std::is_same_v<Cell, RnnCell>;
  if (options.activation != Activation::tanh && !(is_plain && options.activation == Activation::relu))
    detail::fail("{}: the activation must be {}, got {}", own, is_plain ? "tanh or relu" : "tanh",
                 name(options.activation));
  const std::int64_t directions = bidirectional ? 2 : 1;
  for (std::int64_t i = 0; i < options.layers * directions; ++i)
    cells.push_back(make_cell<Cell>(i < directions ? in : directions * hidden, hidden, rng, options.activation,
                                    initializer, dtype));
}

template <class Cell>
Tensor Recurrent<Cell>::operator()(const Tensor& x) const {
  return (*this)(x, State{}).outputs;
}

template <class Cell>
auto Recurrent<Cell>::operator()(const Tensor& x, const State& initial) const -> Result {
  detail::check_argument(kName<Cell>, "x", x, cells[0].weight_ih, {"N", "T", cells[0].weight_ih.shape()[1]});
  const std::int64_t steps = x.shape()[1];
  if (steps == 0) detail::fail<ShapeError>("{}: expects at least one step, got x {}", kName<Cell>, x.shape());
  const auto count = static_cast<std::int64_t>(cells.size());
  const State first = StateShape{kName<Cell>, count, x.shape()[0], cells[0].weight_hh}(initial);
  const std::size_t directions = bidirectional ? 2 : 1;
  States<State> last;
  Tensor y = transpose(x, {1, 0, 2});  // steps first, so that the rows of a step are contiguous
  for (std::size_t at = 0; at < cells.size(); at += directions) {
    if (at > 0) y = retrograd::detail::dropped(dropout, y);
    const bool is_last = at + directions == cells.size();
    Tensors ways;
    for (std::size_t way = 0; way < directions; ++way) {
      const Cell& cell = cells[at + way];
      const Tensor inputs = cell.input(y);
      State state = of_cell(first, at + way);
      Tensors outputs(static_cast<std::size_t>(steps));
      for (std::int64_t k = 0; k < steps; ++k) {
        const std::int64_t step = way == 0 ? k : steps - 1 - k;
        state = cell.step(unstack(inputs, step), state);
        outputs[static_cast<std::size_t>(step)] = output_of(state);
      }
      last.add(state);
      ways.push_back(stack(outputs, is_last ? 1 : 0));
    }
    y = bidirectional ? concatenate(ways, -1) : ways[0];
  }
  return {y, last.joined()};
}

template struct Recurrent<RnnCell>;
template struct Recurrent<GruCell>;
template struct Recurrent<LstmCell>;

}  // namespace nn
}  // namespace retrograd
