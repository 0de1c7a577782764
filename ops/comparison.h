// Comparisons, which make masks, and the choice by a mask. Comparisons take float32, float64 and int64 and have no
// gradient; NaN is unequal to everything and never less or greater.
#pragma once
#include "../core/operand.h"
#include "../core/tensor.h"

namespace retrograd {

/// A boolean mask of where a = b, and so on, with broadcasting.
Tensor equal(Operand a, Operand b);
Tensor not_equal(Operand a, Operand b);
Tensor less(Operand a, Operand b);
Tensor less_equal(Operand a, Operand b);
Tensor greater(Operand a, Operand b);
Tensor greater_equal(Operand a, Operand b);

inline Tensor operator==(Operand a, Operand b) { return equal(a, b); }
inline Tensor operator!=(Operand a, Operand b) { return not_equal(a, b); }
inline Tensor operator<(Operand a, Operand b) { return less(a, b); }
inline Tensor operator<=(Operand a, Operand b) { return less_equal(a, b); }
inline Tensor operator>(Operand a, Operand b) { return greater(a, b); }
inline Tensor operator>=(Operand a, Operand b) { return greater_equal(a, b); }

/// a where the mask is true, b elsewhere, all three broadcast together. The gradient of a masked-out value is 0,
/// whatever the value (so a NaN that was not chosen leaves no trace).
Tensor where(const Tensor& mask, Operand a, Operand b);

}  // namespace retrograd
