// The doors of indices: those of an op checked, and rows or elements added where they say, in their order. Nothing is
// recorded. Not a public header.
#pragma once
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// Contiguous indices from 0 … size − 1 of an axis: these themselves where they are. DtypeError names `op` unless they
/// are int64, ShapeError unless they lie within −size … size − 1.
Tensor checked_indices(const char* op, const Tensor& indices, const Shape& shape, int axis);
/// into[o, indices[j], :] += g[o, j, :] along the axis, of float32 or float64; into is contiguous.
void add_rows(const Tensor& into, const Tensor& g, const Tensor& indices, int axis);
/// into[o, indices[o, j, i], i] += source[o, j, i] along the axis, of float32, float64 or int64; into is contiguous.
void add_along(const Tensor& into, const Tensor& source, const Tensor& indices, int axis);

}  // namespace retrograd::detail
