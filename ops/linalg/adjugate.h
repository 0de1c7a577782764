// The adjugate of matrices that may be singular, written in ops, so that det has derivatives there. Not a public
// header.
#pragma once
#include <vector>

#include "../../core/tensor/tensor.h"

namespace retrograd::detail {

/// The adjugate of each matrix, with A·adj A = det A · I, at any rank: of order n³ where the rank is at least n − 1.
/// Below it vanishes; its derivatives, if they are asked for, come by minors, of order n⁵.
Tensor adjugate(const Tensor& a);

/// For each matrix, whether it is regular as far as rounding can tell; `clearly`, whether half its digits say so.
std::vector<bool> regular_matrices(const Tensor& a, bool clearly = false);

}  // namespace retrograd::detail
