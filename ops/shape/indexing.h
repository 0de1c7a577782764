// Reading and adding by index along one axis. Indices are int64 and count from the end when negative; the error for an
// index out of range names the index, its position and the axis. Sums over equal indices are added in index order. To
// select by a mask use `where`; for positions and ranges use x[…] and x(…).
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// The slices of x at these indices of an axis, which is replaced by the axes of `indices`: with axis 0, rows of an
/// embedding table. Any dtype.
Tensor take(const Tensor& x, const Tensor& indices, int axis);
/// y[…, j, …] = x[…, indices[…, j, …], …]: a separate index for each element; the other axes broadcast. Applies the
/// results of argmax and argsort; PyTorch's gather. Any dtype.
Tensor take_along_axis(const Tensor& x, const Tensor& indices, int axis);
/// x with source[…, j, …] added at […, indices[…, j, …], …]. The indices have the shape of the source, which is that of
/// x except for the axis. float32, float64, int64.
Tensor scatter_add(const Tensor& x, const Tensor& indices, const Tensor& source, int axis);

}  // namespace retrograd
