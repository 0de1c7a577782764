#include "linear.h"

#include "../../core/compute/linear.h"
#include "../../core/kernels/bias.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/format.h"
#include "../elementwise/activations.h"
#include "../elementwise/arithmetic.h"
#include "../elementwise/hyperbolic.h"
#include "../elementwise/rectifiers.h"
#include "../linalg/matmul.h"
#include "../linalg/product.h"
#include "../shape/views.h"

namespace retrograd {

namespace {

void check(const Tensor& x, const Tensor& weight) {
  detail::check_dtypes("linear", {{"x", x}, {"weight", weight}});
  detail::check_floating("linear", x);
  if (x.rank() < 1 || weight.rank() != 2 || x.shape()[x.rank() - 1] != weight.shape()[1])
    detail::fail<ShapeError>("linear: x {} does not fit weight {}, which is (out, in)", detail::described(x),
                             detail::described(weight));
}

void check(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  detail::check_dtypes("linear", {{"x", x}, {"weight", weight}, {"bias", bias}});
  check(x, weight);
  if (!(bias.shape() == Shape{weight.shape()[0]}))
    detail::fail<ShapeError>("linear: bias {} does not fit weight {}, which is (out, in)", detail::described(bias),
                             detail::described(weight));
}

// One member of the family: an activation as an op and as a tile epilogue, and its derivative from its value y and, if
// `saves_input`, its input z.
struct Member {
  const char* name;
  Tensor (*activation)(const Tensor& x);
  detail::ByDtype<detail::BiasRun> detail::BiasKernels::*run;
  Tensor (*gradient)(Tensor g, const Tensor& y, const Tensor& z);
  bool (*saves_input)(const Tensor& y) = nullptr;
};
constexpr Member kIdentity = {"linear", [](const Tensor& x) { return x; }, &detail::BiasKernels::identity,
                              [](Tensor g, const Tensor&, const Tensor&) { return g; }};
constexpr Member kRelu = {
    "linear_relu", relu, &detail::BiasKernels::relu,
    [](Tensor g, const Tensor& y, const Tensor&) { return detail::relu_gradient(std::move(g), y); }};
constexpr Member kSigmoid = {"linear_sigmoid", sigmoid, &detail::BiasKernels::sigmoid, detail::sigmoid_gradient,
                             [](const Tensor&) { return true; }};
constexpr Member kTanh = {"linear_tanh", tanh, &detail::BiasKernels::tanh, detail::tanh_gradient,
                          detail::tanh_needs_input};

Tensor rows_composed(const Member& member, const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return member.activation(matmul(x, transpose(weight)) + bias);
}

// Y = f(X·Wᵀ + b). With the cotangent H of X·Wᵀ + b (eq. 2.6): dX = H·W, dW = Hᵀ·X, db = Σₙ Hₙ.
Tensor rows_fused(const Member& member, const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const std::int64_t width = weight.shape()[0];
  const bool recorded = is_recorded(x, weight, bias);
  Tensor y = Tensor::empty({x.shape()[0], width}, x.dtype());
  Tensor z = recorded && member.saves_input ? Tensor::empty(y.shape(), y.dtype()) : y;
  const Strides strides = weight.strides();
  const Tensor columns = detail::make_view(weight, {weight.shape()[1], width}, {strides[1], strides[0]});
  detail::linear_into(x, columns, bias, detail::bias_kernels().*member.run, z, y);
  if (!recorded || !member.saves_input || !member.saves_input(y)) z = Tensor();
  const Tensor inputs[] = {x, weight, bias};
  // The value is saved if the activation needs it; it is on the log by the time the rule runs.
  const bool saves = &member != &kIdentity;
  return record_joint(
      member.name, std::move(y), inputs,
      [&member](Tensor g, Cotangents& out, const Tensor& rows, const Tensor& w, const Tensor& value,
                const Tensor& input) {
        const Tensor h = member.gradient(std::move(g), value, input);
        if (out.wants(0)) out.give(0, detail::Product(h, w));
        if (out.wants(1)) out.give(1, detail::Product(transpose(h), rows));
        if (out.wants(2)) out.give(2, h);
      },
      SavedFor{weight, x}, SavedFor{x, weight}, Result{saves}, z);
}

// f(rows of x), for any number of leading axes.
template <class F>
Tensor by_rows(const Tensor& x, const Tensor& weight, F f) {
  if (x.rank() == 2) return f(x);
  Shape shape = x.shape();
  std::int64_t rows = 1;
  for (int axis = 0; axis + 1 < x.rank(); ++axis) rows *= shape[axis];
  shape[shape.rank() - 1] = weight.shape()[0];
  return reshape(f(reshape(x, Shape{rows, weight.shape()[1]})), shape);
}
template <const Member& kMember, Tensor (*kRows)(const Member&, const Tensor&, const Tensor&, const Tensor&)>
Tensor checked_by_rows(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  check(x, weight, bias);
  return by_rows(x, weight, [&](const Tensor& rows) { return kRows(kMember, rows, weight, bias); });
}

template <const Member& kMember>
constexpr Override override_of() {
  return {kMember.name, checked_by_rows<kMember, rows_composed>, checked_by_rows<kMember, rows_fused>};
}

}  // namespace

constinit const Override overrides::linear = override_of<kIdentity>();
constinit const Override overrides::linear_relu = override_of<kRelu>();
constinit const Override overrides::linear_sigmoid = override_of<kSigmoid>();
constinit const Override overrides::linear_tanh = override_of<kTanh>();

Tensor linear(const Tensor& x, const Tensor& weight) {
  check(x, weight);
  return by_rows(x, weight, [&](const Tensor& rows) { return matmul(rows, transpose(weight)); });
}
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias) { return overrides::linear(x, weight, bias); }
Tensor linear_relu(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return overrides::linear_relu(x, weight, bias);
}
Tensor linear_sigmoid(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return overrides::linear_sigmoid(x, weight, bias);
}
Tensor linear_tanh(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return overrides::linear_tanh(x, weight, bias);
}

}  // namespace retrograd
