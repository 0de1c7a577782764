#include "fused.h"

#include <algorithm>

#include "../core/format.h"
#include "../core/tape.h"
#include "activations.h"
#include "arithmetic.h"
#include "losses.h"
#include "matmul.h"
#include "views.h"

namespace retrograd {

namespace {

Tensor linear_composed(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return matmul(x, transpose(weight)) + bias;
}

// Y = X·Wᵀ + b. Eq. 2.6, with the cotangent G of Y: dX = G·W, dW = Gᵀ·X, db = Σₙ Gₙ.
Tensor linear_fused(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const Tensor start = detail::packed(bias);
  Tensor y = Tensor::empty({x.shape()[0], weight.shape()[0]}, x.dtype());
  const std::size_t row = static_cast<std::size_t>(bias.size()) * size_of(bias.dtype());
  for (std::int64_t i = 0; i < x.shape()[0]; ++i)
    std::copy_n(start.body().data, row, y.body().data + static_cast<std::size_t>(i) * row);
  detail::matmul_into(
      x, detail::make_view(weight, {weight.shape()[1], weight.shape()[0]}, {weight.strides()[1], weight.strides()[0]}),
      1, y);
  return record("linear", y, wrt(x, [weight](const Tensor& g) { return matmul(g, weight); }),
                wrt(weight, [x](const Tensor& g) { return matmul(transpose(g), x); }),
                wrt(bias, [](const Tensor& g) { return g; }));
}

}  // namespace

constinit const Override fused::linear{"linear", linear_composed, linear_fused};

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  if (x.dtype() != weight.dtype() || bias.dtype() != weight.dtype())
    fail<DtypeError>("linear: dtypes differ: x {}, weight {}, bias {}", x.dtype(), weight.dtype(), bias.dtype());
  if (!is_floating(x.dtype())) fail<DtypeError>("linear: takes float32 or float64, got {}", x.dtype());
  if (x.rank() < 1 || weight.rank() != 2 || x.shape()[x.rank() - 1] != weight.shape()[1])
    fail<ShapeError>("linear: x {} does not fit weight {}, which is (out, in)", x.shape(), weight.shape());
  if (!(bias.shape() == Shape{weight.shape()[0]}))
    fail<ShapeError>("linear: bias {} does not fit weight {}, which is (out, in)", bias.shape(), weight.shape());
  if (x.rank() == 2) return fused::linear(x, weight, bias);
  Shape shape = x.shape();
  shape[shape.rank() - 1] = weight.shape()[0];
  const std::int64_t in = weight.shape()[1];
  return reshape(fused::linear(reshape(x, Shape{in ? x.size() / in : 0, in}), weight, bias), shape);
}

std::span<const Override* const> overrides() {
  static constexpr const Override* kOverrides[] = {&fused::relu, &fused::sigmoid, &fused::linear, &fused::euclidean,
                                                   &fused::softmax_cross_entropy};
  return kOverrides;
}

}  // namespace retrograd
