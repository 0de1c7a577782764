// Joining tensors along an axis and splitting them. Joining copies; the parts of a split are views. (Joining along a
// new outermost axis is declared in core/tape/linear.h.)
#pragma once
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "../../core/tape/linear.h"
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// Concatenates tensors of the same dtype along an axis; the other axes must have the same sizes.
Tensor concatenate(std::span<const Tensor> xs, int axis = 0);
/// The same with the tensors in braces.
Tensor concatenate(std::initializer_list<Tensor> xs, int axis = 0);
/// Joins tensors of the same shape and dtype along a new axis at this position of the result.
Tensor stack(std::span<const Tensor> xs, int axis);
/// The same with the tensors in braces.
Tensor stack(std::initializer_list<Tensor> xs, int axis = 0);
/// Views: x split along an axis into `sections` parts of equal size; ShapeError if the size is not divisible.
std::vector<Tensor> split(const Tensor& x, std::int64_t sections, int axis = 0);
/// Views: x split along an axis into parts of these sizes (not at positions, as in NumPy); ShapeError unless they add
/// up to the size of the axis.
std::vector<Tensor> split(const Tensor& x, std::span<const std::int64_t> sizes, int axis = 0);
/// The same with the sizes in braces.
std::vector<Tensor> split(const Tensor& x, std::initializer_list<std::int64_t> sizes, int axis = 0);

}  // namespace retrograd
