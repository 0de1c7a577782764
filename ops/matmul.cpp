#include "matmul.h"

#include <algorithm>

#include "../core/blas.h"
#include "../core/error.h"
#include "../core/format.h"
#include "../core/tape.h"
#include "views.h"

namespace retrograd {

namespace {

// True where BLAS can read a matrix as it lies: rows, or columns, without gaps inside.
bool is_blas_layout(const Tensor& x) {
  const std::int64_t rows = x.shape()[0], columns = x.shape()[1], down = x.strides()[0], along = x.strides()[1];
  return ((along == 1 || columns == 1) && (down >= columns || rows == 1)) ||
         ((down == 1 || rows == 1) && (along >= rows || columns == 1));
}

template <class T>
detail::MatrixIn<T> matrix_of(const Tensor& x) {
  const std::int64_t rows = x.shape()[0], columns = x.shape()[1], down = x.strides()[0], along = x.strides()[1];
  if ((along == 1 || columns == 1) && (down >= columns || rows == 1))
    return {x.data<T>(), std::max<std::int64_t>({rows == 1 ? columns : down, columns, 1}), false};
  return {x.data<T>(), std::max<std::int64_t>({columns == 1 ? rows : along, rows, 1}), true};
}

// d(AB) = dA·B + A·dB
Tensor matrix_product(const Tensor& a, const Tensor& b) {
  Tensor c = Tensor::empty({a.shape()[0], b.shape()[1]}, a.dtype());
  detail::matmul_into(a, b, 0, c);
  return record("matmul", c, wrt(a, [b](const Tensor& g) { return matmul(g, transpose(b)); }),
                wrt(b, [a](const Tensor& g) { return matmul(transpose(a), g); }));
}

}  // namespace

void detail::matmul_into(const Tensor& a, const Tensor& b, double beta, Tensor& c) {
  const Tensor left = is_blas_layout(a) ? a : packed(a), right = is_blas_layout(b) ? b : packed(b);
  const std::int64_t m = a.shape()[0], k = a.shape()[1], n = b.shape()[1];
  const auto multiply = [&]<class T>() {
    gemm(m, n, k, matrix_of<T>(left), matrix_of<T>(right), static_cast<T>(beta), reinterpret_cast<T*>(c.body().data),
         std::max<std::int64_t>(n, 1));
  };
  if (c.dtype() == float32)
    multiply.template operator()<float>();
  else
    multiply.template operator()<double>();
}

Tensor matmul(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype())
    fail<DtypeError>("matmul: dtypes differ: {} and {}; astype converts", a.dtype(), b.dtype());
  if (!is_floating(a.dtype())) fail<DtypeError>("matmul: takes float32 or float64, got {}", a.dtype());
  if (a.rank() < 1 || a.rank() > 2 || b.rank() < 1 || b.rank() > 2)
    fail<ShapeError>("matmul: takes matrices and vectors, got {} x {}", a.shape(), b.shape());
  if (a.shape()[a.rank() - 1] != b.shape()[0])
    fail<ShapeError>("matmul: inner dimensions differ: {} x {}", a.shape(), b.shape());
  if (a.rank() == 2 && b.rank() == 2) return matrix_product(a, b);
  const Tensor left = a.rank() == 1 ? reshape(a, Shape{1, a.shape()[0]}) : a;
  const Tensor right = b.rank() == 1 ? reshape(b, Shape{b.shape()[0], 1}) : b;
  Shape shape;
  if (a.rank() == 2) shape.push_back(a.shape()[0]);
  if (b.rank() == 2) shape.push_back(b.shape()[1]);
  return reshape(matrix_product(left, right), shape);
}

}  // namespace retrograd
