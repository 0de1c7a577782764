// Indexing: checks indices, and adds rows or elements at indexed positions, in the order of the indices. Nothing is
// recorded. Not a public header.
#pragma once
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// The indices, contiguous and normalized to 0 … size − 1; the same tensor if they already are. DtypeError naming `op`
/// unless they are int64, ShapeError unless they are in −size … size − 1.
Tensor checked_indices(const char* op, const Tensor& indices, const Shape& shape, int axis);
/// into[o, indices[j], :] += g[o, j, :] along the axis, for float32 or float64; into must be contiguous.
void add_rows(const Tensor& into, const Tensor& g, const Tensor& indices, int axis);
/// into[o, indices[o, j, i], i] += source[o, j, i] along the axis, for float32, float64 or int64; into must be
/// contiguous.
void add_along(const Tensor& into, const Tensor& source, const Tensor& indices, int axis);

}  // namespace retrograd::detail
