// Comparisons, which make masks, and the choice by a mask. Comparisons take every dtype (false is less
// than true) and have no gradient; NaN is unequal to everything and never less or greater.
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

/// a where the mask is true, b elsewhere, all three broadcast together. The gradient of a masked-out value is 0,
/// whatever the value (so a NaN that was not chosen leaves no trace).
Tensor where(const Tensor& mask, const Operand& a, const Operand& b);

}  // namespace retrograd
