// Element-wise hyperbolic functions and their inverses; float32 and float64. Values as in the C library, NaN outside
// the domain.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// (e^x − e^(−x))/2.
Tensor sinh(const Tensor& x);
/// (e^x + e^(−x))/2.
Tensor cosh(const Tensor& x);
/// The hyperbolic tangent.
Tensor tanh(const Tensor& x);
/// The inverse of sinh.
Tensor asinh(const Tensor& x);
/// The nonnegative inverse of cosh: NaN below 1, and an infinite derivative at 1.
Tensor acosh(const Tensor& x);
/// The inverse of tanh: infinite at ±1, NaN beyond.
Tensor atanh(const Tensor& x);

namespace detail {
/// The cotangent of the input of a tanh, from that of its value, the value y and the input x, which need not be
/// recorded, and may be empty unless tanh_needs_input(y).
Tensor tanh_gradient(Tensor g, const Tensor& y, const Tensor& x);
/// True if some values y of a tanh are so near ±1 that 1 − y² loses digits. y must be contiguous.
bool tanh_needs_input(const Tensor& y);
}  // namespace detail

}  // namespace retrograd
