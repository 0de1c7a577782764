#include "linear.h"

#include <algorithm>

#include "../core/format.h"
#include "../core/tape.h"
#include "arithmetic.h"
#include "matmul.h"
#include "views.h"

namespace retrograd {

namespace {

void check(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  if (x.dtype() != weight.dtype() || bias.dtype() != weight.dtype())
    fail<DtypeError>("linear: dtypes differ: x {}, weight {}, bias {}", x.dtype(), weight.dtype(), bias.dtype());
  if (!is_floating(x.dtype())) fail<DtypeError>("linear: takes float32 or float64, got {}", x.dtype());
  if (x.rank() < 1 || weight.rank() != 2 || x.shape()[x.rank() - 1] != weight.shape()[1])
    fail<ShapeError>("linear: x {} does not fit weight {}, which is (out, in)", x.shape(), weight.shape());
  if (!(bias.shape() == Shape{weight.shape()[0]}))
    fail<ShapeError>("linear: bias {} does not fit weight {}, which is (out, in)", bias.shape(), weight.shape());
}

// Runs f on the rows of x, whatever axes stand before them.
Tensor by_rows(const Tensor& x, const Tensor& weight, const Tensor& bias,
               Tensor (*f)(const Tensor&, const Tensor&, const Tensor&)) {
  check(x, weight, bias);
  if (x.rank() == 2) return f(x, weight, bias);
  Shape shape = x.shape();
  std::int64_t rows = 1;
  for (int axis = 0; axis + 1 < x.rank(); ++axis) rows *= shape[axis];
  shape[shape.rank() - 1] = weight.shape()[0];
  return reshape(f(reshape(x, Shape{rows, weight.shape()[1]}), weight, bias), shape);
}

Tensor rows_composed(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return matmul(x, transpose(weight)) + bias;
}

// Y = X·Wᵀ + b. Eq. 2.6, with the cotangent G of Y: dX = G·W, dW = Gᵀ·X, db = Σₙ Gₙ.
Tensor rows_fused(const Tensor& x, const Tensor& weight, const Tensor& bias) {
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

Tensor linear_composed(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return by_rows(x, weight, bias, rows_composed);
}
Tensor linear_fused(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return by_rows(x, weight, bias, rows_fused);
}

}  // namespace

constinit const Override fused::linear{"linear", linear_composed, linear_fused};

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias) { return fused::linear(x, weight, bias); }

}  // namespace retrograd
