#include "recurrent_cells.h"

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../ops/elementwise/activations.h"
#include "../../ops/elementwise/arithmetic.h"
#include "../../ops/elementwise/hyperbolic.h"
#include "../../ops/elementwise/rectifiers.h"
#include "../../ops/network/linear.h"
#include "../../ops/shape/views.h"
#include "../base/check.h"

namespace retrograd::nn {

namespace {

template <class Cell>
void draw(const char* name, Cell& cell, std::int64_t gates, std::int64_t in, std::int64_t hidden, Rng& rng,
          const Initializer& initializer, Dtype dtype) {
  if (in < 1 || hidden < 1)
    detail::fail<ShapeError>("{}: sizes must be positive, got {} in, {} hidden", name, in, hidden);
  std::int64_t rows = 0;
  if (__builtin_mul_overflow(gates, hidden, &rows))
    detail::fail<ShapeError>("{}: {} gates times hidden {} does not fit in 64 bits", name, gates, hidden);
  const bool is_default =
      initializer.target<FanInUniform>() != nullptr;  // ±1/√hidden for all parameters, as in PyTorch
  cell.weight_ih = initializer({rows, in}, is_default ? hidden : in, rng, dtype);
  cell.weight_hh = initializer({rows, hidden}, hidden, rng, dtype);
  cell.bias_ih = initializer({rows}, hidden, rng, dtype);
  cell.bias_hh = initializer({rows}, hidden, rng, dtype);
}

// The given tensor of the state, checked, or zeros if it is empty.
template <class Cell>
Tensor state_for(const char* name, const char* argument, const Cell& cell, const Tensor& x, const Tensor& given) {
  const std::int64_t rows = x.shape()[0], hidden = cell.weight_hh.shape()[1];
  if (!given.defined()) return zeros({rows, hidden}, x.dtype());
  detail::check_argument(name, argument, given, cell.weight_hh, {rows, hidden});
  return given;
}

template <class Cell>
void check_x(const char* name, const Cell& cell, const Tensor& x) {
  detail::check_argument(name, "x", x, cell.weight_ih, {"N", cell.weight_ih.shape()[1]});
}

}  // namespace

RnnCell::RnnCell(std::int64_t in, std::int64_t hidden, Rng& rng, Activation between, const Initializer& initializer,
                 Dtype dtype)
    : activation(between) {
  if (activation != Activation::tanh && activation != Activation::relu)
    detail::fail("RnnCell: the activation must be tanh or relu, got {}", name(activation));
  draw("RnnCell", *this, 1, in, hidden, rng, initializer, dtype);
}

Tensor RnnCell::operator()(const Tensor& x, const Tensor& h) const {
  check_x("RnnCell", *this, x);
  return step(input(x), state_for("RnnCell", "h", *this, x, h));
}

Tensor RnnCell::input(const Tensor& x) const { return linear(x, weight_ih, bias_ih); }

Tensor RnnCell::step(const Tensor& from_x, const Tensor& h) const {
  return activate(activation, from_x + linear(h, weight_hh, bias_hh));
}

GruCell::GruCell(std::int64_t in, std::int64_t hidden, Rng& rng, const Initializer& initializer, Dtype dtype) {
  draw("GruCell", *this, 3, in, hidden, rng, initializer, dtype);
}

Tensor GruCell::operator()(const Tensor& x, const Tensor& h) const {
  check_x("GruCell", *this, x);
  return step(input(x), state_for("GruCell", "h", *this, x, h));
}

Tensor GruCell::input(const Tensor& x) const { return linear(x, weight_ih, bias_ih); }

Tensor GruCell::step(const Tensor& from_x, const Tensor& h) const {
  const std::int64_t n = h.shape()[1];
  const Tensor from_h = linear(h, weight_hh, bias_hh);
  const Tensor both = sigmoid(slice(from_x, 1, 0, 2 * n) + slice(from_h, 1, 0, 2 * n));
  const Tensor r = slice(both, 1, 0, n), z = slice(both, 1, n, 2 * n);
  const Tensor fresh = tanh(slice(from_x, 1, 2 * n, 3 * n) + r * slice(from_h, 1, 2 * n, 3 * n));
  return fresh + z * (h - fresh);
}

LstmCell::LstmCell(std::int64_t in, std::int64_t hidden, Rng& rng, const Initializer& initializer, Dtype dtype) {
  draw("LstmCell", *this, 4, in, hidden, rng, initializer, dtype);
}

LstmState LstmCell::operator()(const Tensor& x, const LstmState& state) const {
  check_x("LstmCell", *this, x);
  return step(input(x), {state_for("LstmCell", "h", *this, x, state.h), state_for("LstmCell", "c", *this, x, state.c)});
}

Tensor LstmCell::input(const Tensor& x) const { return linear(x, weight_ih, bias_ih); }

LstmState LstmCell::step(const Tensor& from_x, const LstmState& state) const {
  const std::int64_t n = state.h.shape()[1];
  const Tensor a = from_x + linear(state.h, weight_hh, bias_hh);
  const Tensor both = sigmoid(slice(a, 1, 0, 2 * n));
  const Tensor i = slice(both, 1, 0, n), f = slice(both, 1, n, 2 * n);
  const Tensor c = f * state.c + i * tanh(slice(a, 1, 2 * n, 3 * n));
  return {sigmoid(slice(a, 1, 3 * n, 4 * n)) * tanh(c), c};
}

}  // namespace retrograd::nn
