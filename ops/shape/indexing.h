// Reading and adding by index along one axis. Indices are int64 and count from the end when negative; one out of range
// is an error that says which, where and of what. Where indices are equal, sums run in their order. To choose by a mask
// there is `where`; places and ranges are read with x[…] and x(…).
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// The parts of x at these indices of an axis, whose place in the result the axes of `indices` take: rows of a table
/// of embeddings with axis 0. Any dtype.
Tensor take(const Tensor& x, const Tensor& indices, int axis);
/// y[…, j, …] = x[…, indices[…, j, …], …]: an index of its own for each element; the other axes broadcast. Undoes what
/// argmax and argsort say; PyTorch's gather. Any dtype.
Tensor take_along_axis(const Tensor& x, const Tensor& indices, int axis);
/// x with source[…, j, …] added at […, indices[…, j, …], …]. The indices have the shape of the source, and that of x
/// but for the axis. float32, float64, int64.
Tensor scatter_add(const Tensor& x, const Tensor& indices, const Tensor& source, int axis);

}  // namespace retrograd
