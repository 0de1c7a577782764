// The doors for values that go into a view: written, or added to what is there. Nothing is recorded, and the caller
// owns the values behind the view. Not a public header.
#pragma once
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// Writes x into a view of the same shape and dtype.
void write_view(const Tensor& view, const Tensor& x);
/// Adds x to a view of the same shape and dtype, float32 or float64, of which no two elements share memory.
void add_to_view(const Tensor& view, const Tensor& x);

}  // namespace retrograd::detail
