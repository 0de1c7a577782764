// Trigonometric functions of angles in radians, element by element; float32 and float64.
#pragma once
#include "../core/tensor.h"

namespace retrograd {

/// The sine; NaN for infinite angles.
Tensor sin(const Tensor& x);
/// The cosine; NaN for infinite angles.
Tensor cos(const Tensor& x);

}  // namespace retrograd
