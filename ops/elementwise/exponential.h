// Element-wise exponentials and logarithms; float32 and float64, within 2 ulp of the exact value.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// e^x.
Tensor exp(const Tensor& x);
/// 2^x.
Tensor exp2(const Tensor& x);
/// e^x − 1, accurate for small x: −1 at −∞.
Tensor expm1(const Tensor& x);
/// ln x: −∞ at 0, NaN below.
Tensor log(const Tensor& x);
/// The logarithm to base 2: −∞ at 0, NaN below.
Tensor log2(const Tensor& x);
/// The logarithm to base 10: −∞ at 0, NaN below.
Tensor log10(const Tensor& x);
/// ln(1 + x), accurate for small x: −∞ at −1, NaN below.
Tensor log1p(const Tensor& x);

}  // namespace retrograd
