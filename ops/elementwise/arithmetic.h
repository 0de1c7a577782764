// Element-wise arithmetic with NumPy's broadcasting; a number takes the tensor's dtype. Integers wrap around on
// overflow. Addition is declared in core/tape/linear.h, in-place arithmetic in in_place.h.
#pragma once
#include "../../core/tape/linear.h"
#include "../../core/tensor/operand.h"
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// a − b; float32, float64, int64.
Tensor sub(const Operand& a, const Operand& b);
/// a · b; float32, float64, int64.
Tensor mul(const Operand& a, const Operand& b);
/// a / b; float32, float64. IEEE rules apply: 1/0 is infinite, 0/0 is NaN.
Tensor div(const Operand& a, const Operand& b);
/// −x; float32, float64, int64.
Tensor neg(const Tensor& x);
/// x²; float32, float64, int64.
Tensor square(const Tensor& x);
/// |x|; the derivative at 0 is 0. float32, float64, int64.
Tensor abs(const Tensor& x);
/// −1, 0 or 1, and NaN for NaN; the derivative is 0 everywhere, so the result is a constant to every tape. float32,
/// float64, int64.
Tensor sign(const Tensor& x);
/// 1/x: ±∞ at ±0; float32, float64.
Tensor reciprocal(const Tensor& x);
/// The larger of a and b, NaN if either is NaN; ties share the gradient evenly. float32, float64, int64.
Tensor maximum(const Operand& a, const Operand& b);
/// The smaller of a and b, likewise.
Tensor minimum(const Operand& a, const Operand& b);

/// sub(a, b).
inline Tensor operator-(const Operand& a, const Operand& b) { return sub(a, b); }
/// mul(a, b).
inline Tensor operator*(const Operand& a, const Operand& b) { return mul(a, b); }
/// div(a, b).
inline Tensor operator/(const Operand& a, const Operand& b) { return div(a, b); }
/// neg(x).
inline Tensor operator-(const Tensor& x) { return neg(x); }

namespace detail {
/// into −= x and so on, in place, not recorded, on a buffer owned by the caller; x broadcasts to `into`.
void sub_into(Tensor& into, const Tensor& x);
void mul_into(Tensor& into, const Tensor& x);
void div_into(Tensor& into, const Tensor& x);
}  // namespace detail

}  // namespace retrograd
