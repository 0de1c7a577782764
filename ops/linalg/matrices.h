// What the ops on matrices share: tensors whose last two axes are rows and columns and whose axes before them, the
// leading ones, number a batch of matrices. Checks, leading axes that broadcast, and the other windows on them that
// products need. Not a public header.
#pragma once
#include <string>

#include "../../core/tape/linear.h"
#include "../../core/tensor/tensor.h"
#include "../shape/views.h"

namespace retrograd::detail {

/// DtypeError unless x is float32 or float64, ShapeError unless it has rows and columns, as many as each other where
/// `square`.
void check_matrices(const char* op, const Tensor& x, bool square);
/// DtypeError where the dtypes of a and b differ.

/// The axes of x before its last two.
Shape leading_axes(const Tensor& x);
/// The number of matrices in x.
inline std::int64_t matrices_in(const Tensor& x) { return leading_axes(x).size(); }
/// The shape with two more axes.
Shape with_matrix(const Shape& leading, std::int64_t rows, std::int64_t columns);
/// The leading axes that those of a and b broadcast to; ShapeError names `op` where they don't.
Shape broadcast_leading(const char* op, const Tensor& a, const Tensor& b);
/// "the matrix", or "matrix 3 of (5, 4, 4)", or "matrix (1, 2) of (2, 3, 4, 4)".
std::string name_matrix(std::int64_t number, const Shape& shape);

/// The right side b of a system with matrices a as columns: a vector (one axis) becomes one. ShapeError where it does
/// not fit.
Tensor right_side(const char* op, const Tensor& a, const Tensor& b);
/// The solution x for that, without the axis of the column where b was a vector.
Tensor as_right_side(const Tensor& x, const Tensor& b);

/// Where the matrix of x that belongs to the i-th of `leading` begins, in elements; the leading axes of x broadcast to
/// these.
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
/// The same counted in matrices.
class MatrixNumber : public MatrixOffset {
 public:
  MatrixNumber(const Tensor& x, const Shape& leading) : MatrixOffset(x, leading, row_major(leading_axes(x))) {}
};

/// Each matrix of x turned: its last two axes swapped. Recorded, like all that follow.
inline Tensor matrix_transpose(const Tensor& x) { return swapaxes(x, -2, -1); }
/// The matrices of x (…, rows, columns) side by side: (rows, …·columns).
Tensor side_by_side(const Tensor& x);

}  // namespace retrograd::detail
