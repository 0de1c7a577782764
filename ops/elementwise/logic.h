// Logic on masks, and predicates. Results are masks, or one bool, and have no gradient. The operators &&, || and ! are
// not overloaded: they would not short-circuit. Use &, |, ^ and ~ instead, which accept only masks, as in (0 < x) & (x
// < 1).
#pragma once
#include "../../core/tensor/operand.h"
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// A mask of where both operands are true, with broadcasting. Operands may have any dtypes, even different ones:
/// everything but zero is true, including NaN.
Tensor logical_and(const Operand& a, const Operand& b);
/// A mask of where at least one operand is true, likewise.
Tensor logical_or(const Operand& a, const Operand& b);
/// A mask of where exactly one operand is true, likewise.
Tensor logical_xor(const Operand& a, const Operand& b);
/// A mask of where x is not true; any dtype.
Tensor logical_not(const Tensor& x);

/// logical_and of masks; DtypeError if an operand is not boolean. Likewise for the other three.
Tensor operator&(const Tensor& a, const Tensor& b);
/// logical_or of masks.
Tensor operator|(const Tensor& a, const Tensor& b);
/// logical_xor of masks.
Tensor operator^(const Tensor& a, const Tensor& b);
/// logical_not of a mask.
Tensor operator~(const Tensor& mask);

/// A mask of where x is NaN; any dtype.
Tensor isnan(const Tensor& x);
/// A mask of where x is +∞ or −∞; any dtype.
Tensor isinf(const Tensor& x);
/// A mask of where x is neither NaN nor infinite; any dtype.
Tensor isfinite(const Tensor& x);

/// True if |a − b| ≤ atol + rtol·|b| for every element, with broadcasting. Infinities are close only to themselves; NaN
/// is close to nothing or, with equal_nan, to NaN. Any dtype, the same for both; computed in float64.
bool allclose(const Operand& a, const Operand& b, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false);
/// True if a and b have the same shape and all elements are equal (NaN never is); DtypeError if dtypes differ.
bool array_equal(const Tensor& a, const Tensor& b);

}  // namespace retrograd
