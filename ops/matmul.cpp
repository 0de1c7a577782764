#include "matmul.h"

#include "../core/error.h"
#include "../core/format.h"
#include "../core/product.h"
#include "views.h"

namespace retrograd {

namespace {

// d(AB) = dA·B + A·dB
Tensor matrix_product(const Tensor& a, const Tensor& b) {
  Tensor c = Tensor::empty({a.shape()[0], b.shape()[1]}, a.dtype());
  detail::matmul_into(a, b, 0, c);
  if (!is_recorded(a, b)) return c;
  const Tensor factors[] = {a, b};
  return record_joint("matmul", c, factors, [a, b](const Tensor& g, Cotangents& out) {
    if (out.wants(0)) detail::give_product(out, 0, g, transpose(b));
    if (out.wants(1)) detail::give_product(out, 1, transpose(a), g);
  });
}

}  // namespace

void detail::give_product(Cotangents& out, std::size_t input, const Tensor& a, const Tensor& b) {
  if (!out.take_product(input, a, b)) out.give(input, matmul(a, b));
}

Tensor matmul(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype())
    fail<DtypeError>("matmul: dtypes differ: {} and {}; astype converts", a.dtype(), b.dtype());
  if (!is_floating(a.dtype())) fail<DtypeError>("matmul: takes float32 or float64, got {}", a.dtype());
  if (a.rank() < 1 || a.rank() > 2 || b.rank() < 1 || b.rank() > 2)
    fail<ShapeError>("matmul: takes matrices and vectors, got {} x {}", detail::described(a), detail::described(b));
  if (a.shape()[a.rank() - 1] != b.shape()[0])
    fail<ShapeError>("matmul: inner dimensions differ: {} x {}", detail::described(a), detail::described(b));
  if (a.rank() == 2 && b.rank() == 2) return matrix_product(a, b);
  const Tensor left = a.rank() == 1 ? reshape(a, Shape{1, a.shape()[0]}) : a;
  const Tensor right = b.rank() == 1 ? reshape(b, Shape{b.shape()[0], 1}) : b;
  Shape shape;
  if (a.rank() == 2) shape.push_back(a.shape()[0]);
  if (b.rank() == 2) shape.push_back(b.shape()[1]);
  return reshape(matrix_product(left, right), shape);
}

}  // namespace retrograd
