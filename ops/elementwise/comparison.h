// Comparisons, which return masks, and selection by a mask. Comparisons support every dtype (false is less than true)
// and have no gradient; NaN is unequal to everything and never less or greater.
#pragma once
#include "../../core/tensor/operand.h"
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// A boolean mask of where a = b, with broadcasting.
Tensor equal(const Operand& a, const Operand& b);
/// A boolean mask of where a ≠ b, with broadcasting.
Tensor not_equal(const Operand& a, const Operand& b);
/// A boolean mask of where a < b, with broadcasting.
Tensor less(const Operand& a, const Operand& b);
/// A boolean mask of where a ≤ b, with broadcasting.
Tensor less_equal(const Operand& a, const Operand& b);
/// A boolean mask of where a > b, with broadcasting.
Tensor greater(const Operand& a, const Operand& b);
/// A boolean mask of where a ≥ b, with broadcasting.
Tensor greater_equal(const Operand& a, const Operand& b);

/// equal(a, b).
inline Tensor operator==(const Operand& a, const Operand& b) { return equal(a, b); }
/// not_equal(a, b).
inline Tensor operator!=(const Operand& a, const Operand& b) { return not_equal(a, b); }
/// less(a, b).
inline Tensor operator<(const Operand& a, const Operand& b) { return less(a, b); }
/// less_equal(a, b).
inline Tensor operator<=(const Operand& a, const Operand& b) { return less_equal(a, b); }
/// greater(a, b).
inline Tensor operator>(const Operand& a, const Operand& b) { return greater(a, b); }
/// greater_equal(a, b).
inline Tensor operator>=(const Operand& a, const Operand& b) { return greater_equal(a, b); }

/// a where the mask is true, b elsewhere, with broadcasting of all three. The gradient of a value that is not selected
/// is 0, whatever the value (so a NaN there has no effect).
Tensor where(const Tensor& mask, const Operand& a, const Operand& b);

}  // namespace retrograd
