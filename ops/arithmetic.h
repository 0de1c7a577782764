// Arithmetic, element by element with NumPy's broadcasting; a number takes the tensor's dtype. Addition is
// core/tape_ops.h's.
#pragma once
#include "../core/operand.h"
#include "../core/tape_ops.h"
#include "../core/tensor.h"

namespace retrograd {

/// a − b; float32, float64, int64.
Tensor sub(const Operand& a, const Operand& b);
/// a · b; float32, float64, int64.
Tensor mul(const Operand& a, const Operand& b);
/// a / b; float32, float64. By IEEE rules: 1/0 is infinite, 0/0 is NaN.
Tensor div(const Operand& a, const Operand& b);
/// −x; float32, float64, int64.
Tensor neg(const Tensor& x);
/// x²; float32, float64, int64.
Tensor square(const Tensor& x);
/// |x|; the derivative at 0 is 0. float32, float64, int64.
Tensor abs(const Tensor& x);
/// −1, 0 or 1, and NaN for NaN; the derivative is 0 everywhere. float32, float64, int64.
Tensor sign(const Tensor& x);
/// The larger of a and b, NaN where either is; where they tie they share the gradient evenly. float32, float64, int64.
Tensor maximum(const Operand& a, const Operand& b);

inline Tensor operator-(const Operand& a, const Operand& b) { return sub(a, b); }
inline Tensor operator*(const Operand& a, const Operand& b) { return mul(a, b); }
inline Tensor operator/(const Operand& a, const Operand& b) { return div(a, b); }
inline Tensor operator-(const Tensor& x) { return neg(x); }

/// Adds b to the values of x in place, through every handle and view of its storage; b broadcasts to x. Under a tape, x
/// becomes the sum as far as derivatives are concerned. TapeError where the tape needs the values that would
/// be lost, or where views share them.
Tensor& operator+=(Tensor& x, const Operand& b);
/// Subtracts b in place, likewise.
Tensor& operator-=(Tensor& x, const Operand& b);

}  // namespace retrograd
