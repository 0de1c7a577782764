// Adds values to a view. Nothing is recorded, and the caller owns the values of the view. Not a public header.
#pragma once
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// Adds x to a view of the same shape and dtype, float32 or float64, no two elements of which may share memory.
void add_to_view(const Tensor& view, const Tensor& x);

}  // namespace retrograd::detail
