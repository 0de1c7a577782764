#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/network/linear.cpp"
#include <hwy/foreach_target.h>  // must come before simd-inl.h
#include "../../core/kernels/math-inl.h"
#include "../reduction/rows-inl.h"

#ifndef RETROGRAD_OPS_LINEAR_KERNELS
#define RETROGRAD_OPS_LINEAR_KERNELS
namespace retrograd {
// z[i] += bias[i] and y[i] = activation(z[i]); where y is z, only the latter
using BiasRun = detail::ByDtype<void (*)(void* z, const void* bias, void* y, std::int64_t n)>;
struct LinearKernels {
  BiasRun identity, relu, sigmoid, tanh;
};
}  // namespace retrograd
#endif

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {
namespace {

struct Identity {
  template <class D, class V>
  HWY_INLINE V operator()(D, V x) const {
    return x;
  }
};
template <class Activation>
struct AfterBias {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V y, V bias) const {
    return Activation()(d, hn::Add(y, bias));
  }
};
template <class Activation, class T>
void with_bias(void* z_run, const void* bias_run, void* y_run, std::int64_t n) {
  if (y_run == z_run) return zip_run<AfterBias<Activation>, T>(z_run, 1, bias_run, 1, y_run, n);
  T* z = static_cast<T*>(z_run);
  const T* bias = static_cast<const T*>(bias_run);
  T* y = static_cast<T*>(y_run);
  each_vector<T>(0, n, [=](auto d, std::int64_t i) HWY_ATTR {
    const auto sum = hn::Add(hn::LoadU(d, z + i), hn::LoadU(d, bias + i));
    hn::StoreU(sum, d, z + i);
    hn::StoreU(Activation()(d, sum), d, y + i);
  });
}
template <class Activation>
constexpr BiasRun bias_run() {
  return {with_bias<Activation, float>, with_bias<Activation, double>, nullptr, nullptr, nullptr};
}

const LinearKernels* linear_kernels() {
  static constexpr LinearKernels kKernels = {bias_run<Identity>(), bias_run<Relu>(), bias_run<Sigmoid>(),
                                             bias_run<Tanh>()};
  return &kKernels;
}

}  // namespace
}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "../../core/compute/product.h"
#include "../../core/tape/tape.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/format.h"
#include "../elementwise/activations.h"
#include "../elementwise/arithmetic.h"
#include "../linalg/matmul.h"
#include "../shape/views.h"
#include "linear.h"

namespace retrograd {

namespace {

const LinearKernels& kernels() { return *RETROGRAD_DISPATCH(linear_kernels)(); }

void check(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  detail::check_dtypes("linear", {{"x", x}, {"weight", weight}, {"bias", bias}});
  detail::check_floating("linear", x);
  if (x.rank() < 1 || weight.rank() != 2 || x.shape()[x.rank() - 1] != weight.shape()[1])
    fail<ShapeError>("linear: x {} does not fit weight {}, which is (out, in)", detail::described(x),
                     detail::described(weight));
  if (!(bias.shape() == Shape{weight.shape()[0]}))
    fail<ShapeError>("linear: bias {} does not fit weight {}, which is (out, in)", detail::described(bias),
                     detail::described(weight));
}

// One member of the family: an activation as an op, as the end of a tile, and its derivative by its value y and, where
// `saves_input` says so, its input z.
struct Member {
  const char* name;
  Tensor (*activation)(const Tensor& x);
  const BiasRun& (*run)();
  Tensor (*gradient)(Tensor g, const Tensor& y, const Tensor& z);
  bool (*saves_input)(const Tensor& y) = nullptr;
};
constexpr Member kIdentity = {"linear", [](const Tensor& x) { return x; },
                              []() -> const BiasRun& { return kernels().identity; },
                              [](Tensor g, const Tensor&, const Tensor&) { return g; }};
constexpr Member kRelu = {
    "linear_relu", relu, []() -> const BiasRun& { return kernels().relu; },
    [](Tensor g, const Tensor& y, const Tensor&) { return detail::relu_gradient(std::move(g), y); }};
constexpr Member kSigmoid = {"linear_sigmoid", sigmoid, []() -> const BiasRun& { return kernels().sigmoid; },
                             detail::sigmoid_gradient, [](const Tensor&) { return true; }};
constexpr Member kTanh = {"linear_tanh", tanh, []() -> const BiasRun& { return kernels().tanh; }, detail::tanh_gradient,
                          detail::tanh_needs_input};

Tensor rows_composed(const Member& member, const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return member.activation(matmul(x, transpose(weight)) + bias);
}

// Y = f(X·Wᵀ + b). With the cotangent H of X·Wᵀ + b (eq. 2.6): dX = H·W, dW = Hᵀ·X, db = Σₙ Hₙ.
Tensor rows_fused(const Member& member, const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const std::int64_t width = weight.shape()[0];
  const auto run = member.run()[static_cast<std::size_t>(x.dtype())];
  const auto bytes = static_cast<std::int64_t>(size_of(x.dtype()));
  const Tensor summand = detail::packed(bias);
  const bool recorded = is_recorded(x, weight, bias);
  Tensor y = Tensor::empty({x.shape()[0], width}, x.dtype());
  Tensor z = recorded && member.saves_input ? Tensor::empty(y.shape(), y.dtype()) : y;
  const auto finish = [&](const detail::TileRange& at) {
    for (std::int64_t row = at.row_begin; row < at.row_end; ++row) {
      const std::int64_t begin = (row * width + at.column_begin) * bytes;
      run(z.body().data + begin, summand.body().data + at.column_begin * bytes, y.body().data + begin,
          at.column_end - at.column_begin);
    }
  };
  const detail::TileEpilogue after(finish);
  const Strides strides = weight.strides();
  detail::matmul_into(x, detail::make_view(weight, {weight.shape()[1], width}, {strides[1], strides[0]}), 0, z, &after);
  if (!recorded) return y;
  if (!member.saves_input || !member.saves_input(y)) z = Tensor();
  const Tensor inputs[] = {x, weight, bias};
  // The value is saved where the activation needs it; then it has its place in the log when the rule runs.
  const bool saves = &member != &kIdentity;
  return record_joint(
      member.name, y, inputs,
      [&member, x = is_recorded(weight) ? x : Tensor(), weight = is_recorded(x) ? weight : Tensor(),
       y = saves ? y : Tensor(), z = std::move(z)](Tensor g, Cotangents& out) {  // what nobody will ask for is not kept
        const Tensor h = member.gradient(std::move(g), y, z);
        if (out.wants(0)) detail::give_product(out, 0, h, weight);
        if (out.wants(1)) detail::give_product(out, 1, transpose(h), x);
        if (out.wants(2)) out.give(2, h);
      });
}

// Runs f on the rows of x, whatever axes stand before them.
template <const Member& kMember, Tensor (*kRows)(const Member&, const Tensor&, const Tensor&, const Tensor&)>
Tensor by_rows(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  check(x, weight, bias);
  if (x.rank() == 2) return kRows(kMember, x, weight, bias);
  Shape shape = x.shape();
  std::int64_t rows = 1;
  for (int axis = 0; axis + 1 < x.rank(); ++axis) rows *= shape[axis];
  shape[shape.rank() - 1] = weight.shape()[0];
  return reshape(kRows(kMember, reshape(x, Shape{rows, weight.shape()[1]}), weight, bias), shape);
}

template <const Member& kMember>
constexpr Override override_of() {
  return {kMember.name, by_rows<kMember, rows_composed>, by_rows<kMember, rows_fused>};
}

}  // namespace

constinit const Override overrides::linear = override_of<kIdentity>();
constinit const Override overrides::linear_relu = override_of<kRelu>();
constinit const Override overrides::linear_sigmoid = override_of<kSigmoid>();
constinit const Override overrides::linear_tanh = override_of<kTanh>();

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
#endif  // HWY_ONCE
