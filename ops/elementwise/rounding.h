// Rounding to whole numbers, remainders, and clipping to a range, element by element; float32, float64, int64.
#pragma once
#include "../../core/tensor/operand.h"
#include "../../core/tensor/tensor.h"

namespace retrograd {

// Whole numbers near x; NaN and ±∞ stay, int64 is copied. The derivative is 0 wherever there is one: the result is a
// constant to every tape.

/// The largest that is ≤ x.
Tensor floor(const Tensor& x);
/// The smallest that is ≥ x.
Tensor ceil(const Tensor& x);
/// The nearest, of two equally near ones the even one (as NumPy's; C's goes away from 0).
Tensor round(const Tensor& x);
/// The nearest towards 0.
Tensor trunc(const Tensor& x);

/// The remainder a − b·trunc(a/b) of C's fmod, which is exact and has the sign of a: NaN for infinite a or b = 0. The
/// derivatives are 1 in a and −trunc(a/b) in b, also where it jumps. Of int64 it is C's %, and b = 0 is an Error.
Tensor fmod(const Operand& a, const Operand& b);

/// min(max(x, low), high), NaN where any of the three is. The bounds are numbers or tensors of x's dtype and broadcast;
/// ±∞ leaves a side of a floating x open. The derivative goes to whichever of the three is returned, at a bound to x;
/// in x it is NaN where x is. Two numbers low > high are an Error; of tensors, high wins.
Tensor clip(const Tensor& x, const Operand& low, const Operand& high);

namespace detail {
/// x with the largest numbers of its floating dtype in place of ±∞, so that 0 times it is 0.
Tensor clamp_to_finite(const Tensor& x);
}  // namespace detail

}  // namespace retrograd
