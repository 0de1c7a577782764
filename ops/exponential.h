// Exponentials and logarithms, element by element; float32 and float64, within 4 ULP of the exact value.
#pragma once
#include "../core/tensor.h"

namespace retrograd {

/// e^x.
Tensor exp(const Tensor& x);
/// ln x: −∞ at 0, NaN below.
Tensor log(const Tensor& x);
/// ln(1 + x), exact for small x: −∞ at −1, NaN below.
Tensor log1p(const Tensor& x);

}  // namespace retrograd
