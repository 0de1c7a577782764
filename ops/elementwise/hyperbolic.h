// Hyperbolic functions and their inverses, element by element; float32 and float64. Each is the C library's, NaN
// outside its domain.
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
/// The inverse of cosh, not negative: NaN below 1, and an infinite derivative at 1.
Tensor acosh(const Tensor& x);
/// The inverse of tanh: infinite at ±1, NaN beyond.
Tensor atanh(const Tensor& x);

namespace detail {
/// The cotangent of a tanh's input from that of its value, the value y and the input x, which need not be recorded, nor
/// be there where tanh_needs_input says so.
Tensor tanh_gradient(Tensor g, const Tensor& y, const Tensor& x);
/// True where the values y of a tanh are so near ±1 that 1 − y² loses digits. Of a contiguous y.
bool tanh_needs_input(const Tensor& y);
}  // namespace detail

}  // namespace retrograd
