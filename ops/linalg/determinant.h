// Determinants by LU factors, with derivatives of every order, at singular matrices too. Derivatives after Giles, as in
// linalg.h; axes before the last two number a batch of matrices. float32 and float64.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// The determinant of each matrix: (…). 0 where it is singular; there too derivatives are right (the adjugate), of
/// every order.
Tensor det(const Tensor& a);

/// What `slogdet` returns, a number for each matrix.
struct SignAndLog {
  Tensor sign;       ///< −1, 0 or 1
  Tensor logabsdet;  ///< ln |det|
};
/// The sign of the determinant of each matrix, a constant, and ln |det|, which does not overflow; 0 and −∞ where the
/// matrix is singular, where the derivative is not finite.
SignAndLog slogdet(const Tensor& a);

}  // namespace retrograd
