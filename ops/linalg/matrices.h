// Helpers for ops on matrices: tensors whose last two axes are rows and columns and whose leading axes index a batch of
// matrices. Checks, broadcasting of leading axes, and views needed by products. Not a public header.
#pragma once
#include <string>

#include "../../core/tape/linear.h"
#include "../../core/tensor/tensor.h"
#include "../shape/views.h"

namespace retrograd::detail {

/// DtypeError unless x is float32 or float64, ShapeError unless it has rows and columns, equally many if `square`.
void check_matrices(const char* op, const Tensor& x, bool square);

/// The axes of x before its last two.
Shape leading_axes(const Tensor& x);
/// The number of matrices in x.
inline std::int64_t matrices_in(const Tensor& x) { return leading_axes(x).size(); }
/// The shape with two more axes.
Shape with_matrix(const Shape& leading, std::int64_t rows, std::int64_t columns);
/// The leading axes to which those of a and b broadcast; a ShapeError that names `op` if they do not.
Shape broadcast_leading(const char* op, const Tensor& a, const Tensor& b);
/// "the matrix", or "matrix 3 of (5, 4, 4)", or "matrix (1, 2) of (2, 3, 4, 4)".
std::string name_matrix(std::int64_t number, const Shape& shape);

/// The right-hand side b of a system with matrices a, as columns: a vector (one axis) becomes a column. ShapeError if
/// the sizes do not match.
Tensor right_side(const char* op, const Tensor& a, const Tensor& b);
/// The solution x for that right-hand side, without the column axis if b was a vector.
Tensor as_right_side(const Tensor& x, const Tensor& b);

/// The offset, in elements, of the matrix of x for the i-th index of `leading`, to which the leading axes of x
/// broadcast.
class MatrixOffset {
 public:
  MatrixOffset(const Tensor& x, const Shape& leading) : MatrixOffset(x, leading, x.strides()) {}
  std::int64_t operator()(std::int64_t i) const;

 protected:
  MatrixOffset(const Tensor& x, const Shape& leading, const Strides& strides);

 private:
  Shape leading_;
  Strides strides_{};
};
/// The same as a matrix number.
class MatrixNumber : public MatrixOffset {
 public:
  MatrixNumber(const Tensor& x, const Shape& leading) : MatrixOffset(x, leading, row_major(leading_axes(x))) {}
};

/// The transpose of each matrix of x. Recorded, like the ops below.
inline Tensor matrix_transpose(const Tensor& x) { return swapaxes(x, -2, -1); }
/// The matrices of x (…, rows, columns) concatenated horizontally: (rows, …·columns).
Tensor side_by_side(const Tensor& x);

}  // namespace retrograd::detail
