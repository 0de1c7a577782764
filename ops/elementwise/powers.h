// Powers and roots, element by element, as the C library has them; float32 and float64.
#pragma once
#include "../../core/tensor/operand.h"
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// √x: NaN below 0, −0 at −0; the derivative at 0 is ∞.
Tensor sqrt(const Tensor& x);
/// 1/√x: ±∞ at ±0, NaN below.
Tensor rsqrt(const Tensor& x);
/// a^b with broadcasting; either side may be a number. The derivative in a is b·a^(b−1), which holds for negative a
/// with whole b and is 0 where b is 0, of a NaN too. The derivative in b is a^b·ln a: NaN for negative a, between whose
/// whole powers there is nothing, and 0 at a = 0 with b ≥ 0 (0^b jumps at b = 0) and where an infinite a has the power
/// 0. int64 is exact, or wraps around, and a negative exponent is an Error that names it.
Tensor pow(const Operand& a, const Operand& b);

}  // namespace retrograd
