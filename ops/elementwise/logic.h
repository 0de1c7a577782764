// Logic on masks, and questions about values. Results are masks, or one bool, and have no gradient. The operators &&,
// || and ! are not overloaded: they would not short-circuit. &, |, ^ and ~ stand for them, on masks alone, as in NumPy:
// (0 < x) & (x < 1).
#pragma once
#include "../../core/tensor/operand.h"
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// A mask of where both operands are true, with broadcasting. Operands are of any dtype, also of two: only
/// their truth is read. What is not zero is true, NaN too.
Tensor logical_and(const Operand& a, const Operand& b);
/// A mask of where at least one operand is true, likewise.
Tensor logical_or(const Operand& a, const Operand& b);
/// A mask of where exactly one operand is true, likewise.
Tensor logical_xor(const Operand& a, const Operand& b);
/// A mask of where x is not true, of any dtype.
Tensor logical_not(const Tensor& x);

/// logical_and of masks; DtypeError where an operand is none. So for the other three.
Tensor operator&(const Tensor& a, const Tensor& b);
/// logical_or of masks.
Tensor operator|(const Tensor& a, const Tensor& b);
/// logical_xor of masks.
Tensor operator^(const Tensor& a, const Tensor& b);
/// logical_not of a mask.
Tensor operator~(const Tensor& mask);

/// A mask of where x is NaN; of any dtype.
Tensor isnan(const Tensor& x);
/// A mask of where x is +∞ or −∞; of any dtype.
Tensor isinf(const Tensor& x);
/// A mask of where x is neither NaN nor infinite; of any dtype.
Tensor isfinite(const Tensor& x);

/// True where |a − b| ≤ atol + rtol·|b| holds of every element, with broadcasting; infinities are close to themselves
/// alone, NaN to nothing or, under equal_nan, to NaN. Of any one dtype; computed in float64.
bool allclose(const Operand& a, const Operand& b, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false);
/// True where a and b are of one shape and all their elements are equal (NaN never is); DtypeError where dtypes differ.
bool array_equal(const Tensor& a, const Tensor& b);

}  // namespace retrograd
