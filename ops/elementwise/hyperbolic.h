// Hyperbolic functions and their inverses, element by element; float32 and float64. The hyperbolic tangent is among
// the activations (ops/elementwise/activations.h). Each is the C library's, NaN outside its domain.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// (e^x − e^(−x))/2.
Tensor sinh(const Tensor& x);
/// (e^x + e^(−x))/2.
Tensor cosh(const Tensor& x);
/// The inverse of sinh.
Tensor asinh(const Tensor& x);
/// The inverse of cosh, not negative: NaN below 1, and an infinite derivative at 1.
Tensor acosh(const Tensor& x);
/// The inverse of tanh: infinite at ±1, NaN beyond.
Tensor atanh(const Tensor& x);

}  // namespace retrograd
