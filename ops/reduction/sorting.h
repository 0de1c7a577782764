// Sorted along an axis. Of values that tie the one that comes first stays first, and NaN counts as larger than all
// else: it comes last, or in descending order first, where max sees it too. Any dtype; gradients flow to the places
// chosen.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// The values of x in ascending (or descending) order along one axis, of x's shape.
Tensor sort(const Tensor& x, int axis = -1, bool descending = false);
/// Their positions in x along that axis, int64. No gradient.
Tensor argsort(const Tensor& x, int axis = -1, bool descending = false);

/// What `topk` returns, both of x's shape but for the axis, which has size k.
struct TopK {
  Tensor values;   ///< the largest first, of x's dtype
  Tensor indices;  ///< where they stand along the axis, int64
};
/// The k largest values along one axis, the largest first, and their positions (int64) in x; ShapeError unless 0 ≤ k ≤
/// the size of the axis.
TopK topk(const Tensor& x, std::int64_t k, int axis = -1);

}  // namespace retrograd
