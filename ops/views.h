// Other windows on the same values, without a copy: transposed, sliced. (Reshaping and broadcasting are
// core/tape_ops.h's.)
#pragma once
#include <initializer_list>

#include "../core/tape_ops.h"
#include "../core/tensor.h"

namespace retrograd {

/// The axes in reverse order; of a matrix, its transpose.
Tensor transpose(const Tensor& x);
/// The axes in the order given, each once.
Tensor transpose(const Tensor& x, std::initializer_list<int> axes);
/// The part of x with begin ≤ index < end along one axis, which stays; ShapeError unless 0 ≤ begin ≤ end ≤ size.
Tensor slice(const Tensor& x, int axis, std::int64_t begin, std::int64_t end);

}  // namespace retrograd
