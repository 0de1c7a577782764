// Sorting along an axis. Sorts are stable, and NaN counts as larger than everything else: it comes last, or first in
// descending order, consistent with max. Any dtype; gradients flow to the selected positions.
#pragma once
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// The values of x in ascending (or descending) order along one axis, with the shape of x.
Tensor sort(const Tensor& x, int axis = -1, bool descending = false);
/// Their positions in x along that axis, int64. No gradient.
Tensor argsort(const Tensor& x, int axis = -1, bool descending = false);

/// The result of `topk`; both tensors have the shape of x except for the axis, which has size k.
struct TopK {
  Tensor values;   ///< largest first, with the dtype of x
  Tensor indices;  ///< their positions along the axis, int64
};
/// The k largest values along one axis, largest first, and their positions (int64) in x; ShapeError unless 0 ≤ k ≤ the
/// size of the axis.
TopK topk(const Tensor& x, std::int64_t k, int axis = -1);

}  // namespace retrograd
