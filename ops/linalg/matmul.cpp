#include "matmul.h"

#include "../../core/base/error.h"
#include "../../core/compute/product.h"
#include "../../core/compute/reduce.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/format.h"
#include "../elementwise/arithmetic.h"
#include "../shape/views.h"
#include "matrices.h"
#include "product.h"

namespace retrograd {

namespace {

// d(AB) = dA·B + A·dB
Tensor matrix_product(const Tensor& a, const Tensor& b) {
  const std::int64_t sizes[] = {a.shape()[0], b.shape()[1]};
  Tensor c = detail::empty_for("matmul", Shape(sizes, "matmul"), a.dtype());
  detail::matmul_into(a, b, 0, c);
  return record("matmul", std::move(c),
                wrt(
                    a, [](const Tensor& g, const Tensor& v) { return detail::Product(g, transpose(v)); }, b),
                wrt(
                    b, [](const Tensor& g, const Tensor& u) { return detail::Product(transpose(u), g); }, a));
}

// d(a·b) = da·b + a·db
Tensor vector_product(const Tensor& a, const Tensor& b) {
  return record("dot", detail::dot(a, b),
                wrt(
                    a, [](const Tensor& g, const Tensor& v) { return g * v; }, b),
                wrt(
                    b, [](const Tensor& g, const Tensor& u) { return g * u; }, a));
}

// The same for batches of matrices with broadcast leading axes, over which the engine sums cotangents. For a single
// matrix shared by the batch, the cotangent is summed within one product.
Tensor batched_product(const Tensor& a, const Tensor& b) {
  const Shape leading = detail::broadcast_leading("matmul", a, b);
  const Shape shape = detail::with_matrix(leading, a.shape()[a.rank() - 2], b.shape()[b.rank() - 1]);
  Tensor c = detail::empty_for("matmul", Shape(std::span(shape.begin(), shape.end()), "matmul"), a.dtype());
  detail::batched_matmul_into(a, b, c);
  const auto in_b = [](const Tensor& g, const Tensor& u) { return matmul(detail::matrix_transpose(u), g); };
  if (a.rank() == 2)
    return record("matmul", std::move(c),
                  wrt(
                      a,
                      [](const Tensor& g, const Tensor& v) {
                        return detail::Product(detail::side_by_side(g),
                                               detail::matrix_transpose(detail::side_by_side(v)));
                      },
                      b),
                  wrt(b, in_b, a));
  return record("matmul", std::move(c),
                wrt(
                    a, [](const Tensor& g, const Tensor& v) { return matmul(g, detail::matrix_transpose(v)); }, b),
                wrt(b, in_b, a));
}

// At least one operand has leading axes. A single matrix on the right, or on the left of columns, needs only one
// product.
Tensor product_of_many(const Tensor& a, const Tensor& b) {
  const std::int64_t m = a.shape()[a.rank() - 2], k = a.shape()[a.rank() - 1], n = b.shape()[b.rank() - 1];
  const std::int64_t many_a = detail::matrices_in(a), many_b = detail::matrices_in(b);
  if (many_a != 1 && many_b != 1) return batched_product(a, b);
  const Shape shape = detail::with_matrix(detail::broadcast_leading("matmul", a, b), m, n);
  if (many_b == 1)
    return reshape(matrix_product(reshape(a, Shape{many_a * m, k}), b.rank() == 2 ? b : reshape(b, Shape{k, n})),
                   shape);
  const Tensor one = a.rank() == 2 ? a : reshape(a, Shape{m, k});
  if (n == 1) return reshape(matrix_product(reshape(b, Shape{many_b, k}), transpose(one)), shape);
  const Tensor c = batched_product(one, b);
  return c.rank() == shape.rank() ? c : reshape(c, shape);
}

}  // namespace

Tensor detail::Product::value() { return matmul(a_, b_); }

bool detail::Product::add_to(Tensor& sum) {
  if (sum.dtype() != a_.dtype() || !(sum.shape() == Shape{a_.shape()[0], b_.shape()[1]})) return false;
  matmul_into(a_, b_, 1, sum);
  return true;
}

std::shared_ptr<detail::Deferred> detail::Product::defer() { return DeferredProduct::make(a_, b_); }

Tensor detail::sum_of_products(const Tensor& a, const Tensor& b) {
  return matmul(side_by_side(a), matrix_transpose(side_by_side(b)));
}

Tensor matmul(const Tensor& a, const Tensor& b) {
  detail::check_dtypes("matmul", a, b);
  detail::check_floating("matmul", a);
  if (a.rank() < 1 || b.rank() < 1)
    detail::fail<ShapeError>("matmul: expects matrices and vectors, got {} x {}", a.shape(), b.shape());
  if (a.shape()[a.rank() - 1] != b.shape()[b.rank() == 1 ? 0 : b.rank() - 2])
    detail::fail<ShapeError>("matmul: inner dimensions differ: {} x {}", detail::described(a), detail::described(b));
  if (a.rank() == 2 && b.rank() == 2) return matrix_product(a, b);
  if (a.rank() == 1 && b.rank() == 1) return vector_product(a, b);
  const Tensor left = a.rank() == 1 ? reshape(a, Shape{1, a.shape()[0]}) : a;
  const Tensor right = b.rank() == 1 ? reshape(b, Shape{b.shape()[0], 1}) : b;
  const Tensor product =
      left.rank() == 2 && right.rank() == 2 ? matrix_product(left, right) : product_of_many(left, right);
  if (a.rank() > 1 && b.rank() > 1) return product;
  Shape shape = detail::leading_axes(product);
  if (a.rank() > 1) shape.push_back(left.shape()[left.rank() - 2]);
  if (b.rank() > 1) shape.push_back(right.shape()[right.rank() - 1]);
  return reshape(product, shape);
}

}  // namespace retrograd
