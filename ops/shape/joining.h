// Joining tensors along an axis and cutting them apart. What is joined is copied; the parts of a cut are views.
// (Joining along a new outermost axis is declared in core/tape/linear.h.)
#pragma once
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "../../core/tape/linear.h"
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// Tensors one behind the other along an axis; they are of one dtype and of one shape but for that axis.
Tensor concatenate(std::span<const Tensor> xs, int axis = 0);
/// The same of tensors in braces.
Tensor concatenate(std::initializer_list<Tensor> xs, int axis = 0);
/// Tensors of one shape and dtype, joined along a new axis at this position of the result.
Tensor stack(std::span<const Tensor> xs, int axis);
/// The same of tensors in braces.
Tensor stack(std::initializer_list<Tensor> xs, int axis = 0);
/// Views: x cut along an axis into `sections` parts of one size; ShapeError where that does not come out even.
std::vector<Tensor> split(const Tensor& x, std::int64_t sections, int axis = 0);
/// Views: x cut along an axis into parts of these sizes (not NumPy's places to cut at); ShapeError unless they add up
/// to the size of the axis.
std::vector<Tensor> split(const Tensor& x, std::span<const std::int64_t> sizes, int axis = 0);
/// The same with the sizes in braces.
std::vector<Tensor> split(const Tensor& x, std::initializer_list<std::int64_t> sizes, int axis = 0);

}  // namespace retrograd
