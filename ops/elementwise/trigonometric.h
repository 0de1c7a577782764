// Element-wise trigonometric functions in radians and their inverses; float32 and float64.
#pragma once
#include "../../core/tensor/operand.h"
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// The sine; NaN for infinite angles.
Tensor sin(const Tensor& x);
/// The cosine; NaN for infinite angles.
Tensor cos(const Tensor& x);
/// The tangent; NaN for infinite angles.
Tensor tan(const Tensor& x);
/// The angle in [−π/2, π/2] whose sine is x: NaN beyond ±1, and an infinite derivative at ±1.
Tensor asin(const Tensor& x);
/// The angle in [0, π] whose cosine is x: NaN beyond ±1, and an infinite derivative at ±1.
Tensor acos(const Tensor& x);
/// The angle in [−π/2, π/2] whose tangent is x.
Tensor atan(const Tensor& x);
/// The angle in [−π, π] of the point (b, a), whose tangent is a/b, with broadcasting; zeros and infinities as in the C
/// library. The derivative is NaN at the origin, where it does not exist.
Tensor atan2(const Operand& a, const Operand& b);

}  // namespace retrograd
