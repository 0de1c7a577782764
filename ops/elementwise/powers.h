// Element-wise powers and roots, as in the C library; float32 and float64.
#pragma once
#include "../../core/tensor/operand.h"
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// √x: NaN below 0, −0 at −0; the derivative at 0 is ∞.
Tensor sqrt(const Tensor& x);
/// 1/√x: ±∞ at ±0, NaN below.
Tensor rsqrt(const Tensor& x);
/// a^b with broadcasting; either side may be a number. The derivative in a is b·a^(b−1), also for negative a with
/// integer b, and 0 where b is 0, even for NaN. The derivative in b is a^b·ln a: NaN for negative a, where non-integer
/// powers are undefined, and 0 at a = 0 with b ≥ 0 (0^b is discontinuous at b = 0) and where a is infinite and the
/// power is 0. int64 is exact or wraps around; a negative exponent is an Error that names it.
Tensor pow(const Operand& a, const Operand& b);

}  // namespace retrograd
