// Element-wise rounding, remainders, and clipping to a range; float32, float64, int64.
#pragma once
#include "../../core/tensor/operand.h"
#include "../../core/tensor/tensor.h"

namespace retrograd {

// Rounding to integers; NaN and ±∞ are kept, int64 is copied. The derivative is 0 wherever it exists, so the result is
// a constant to every tape.

/// The largest integer ≤ x.
Tensor floor(const Tensor& x);
/// The smallest integer ≥ x.
Tensor ceil(const Tensor& x);
/// The nearest integer, ties to even (as in NumPy; C's round goes away from 0).
Tensor round(const Tensor& x);
/// The integer part: rounds toward 0.
Tensor trunc(const Tensor& x);

/// The remainder a − b·trunc(a/b), as C's fmod, which is exact and has the sign of a: NaN for infinite a or b = 0. The
/// derivatives are 1 in a and −trunc(a/b) in b, even at discontinuities. For int64 it is C's %, and b = 0 is an Error.
Tensor fmod(const Operand& a, const Operand& b);

/// min(max(x, low), high), NaN if any of the three is NaN. The bounds are numbers or tensors with the dtype of x, and
/// broadcast; for floating-point x, use ±∞ for no bound. The derivative goes to whichever of the three is returned, and
/// to x if it equals a bound; in x it is NaN where x is NaN. Numbers with low > high are an Error; with tensors, high
/// wins.
Tensor clip(const Tensor& x, const Operand& low, const Operand& high);

namespace detail {
/// x with ±∞ replaced by the largest finite values of its floating-point dtype, so that 0 times it is 0.
Tensor clamp_to_finite(const Tensor& x);
}  // namespace detail

}  // namespace retrograd
