// Determinants by LU factorization, with derivatives of every order, even for singular matrices. Derivatives follow
// Giles, as in linalg.h; the axes before the last two index a batch of matrices. float32 and float64.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// The determinant of each matrix: (…). 0 for singular matrices, where the derivatives of every order are correct as
/// well (by the adjugate).
Tensor det(const Tensor& a);

/// The result of `slogdet`, with one number per matrix.
struct SignAndLog {
  Tensor sign;       ///< −1, 0 or 1
  Tensor logabsdet;  ///< ln |det|
};
/// The sign of the determinant of each matrix, a constant, and ln |det|, which does not overflow. For a singular matrix
/// they are 0 and −∞, and the derivative is not finite.
SignAndLog slogdet(const Tensor& a);

}  // namespace retrograd
