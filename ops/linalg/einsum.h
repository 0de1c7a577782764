// Einstein summation: a sum of products specified by letters for the axes. Composed of recorded ops (diagonals, sums,
// permutations, batched matrix products), so its derivatives need no rules of their own.
#pragma once
#include <initializer_list>
#include <span>
#include <string_view>

#include "../../core/tensor/tensor.h"

namespace retrograd {

/// NumPy's einsum: "ij,jk->ik" labels the axes of each operand, and those of the result; products are summed over every
/// letter that the result lacks. A letter repeated in one operand takes the diagonal; "..." stands for further leading
/// axes, which broadcast, as do axes of size 1. Without "->" the result has the axes of "..." followed by the letters
/// that occur once, in alphabetical order. Any number of operands of one dtype, float32, float64 or int64, contracted
/// from left to right. The result is never a view, unlike NumPy's. Error on malformed subscripts, ShapeError naming the
/// letter if sizes differ.
Tensor einsum(std::string_view subscripts, std::span<const Tensor> operands);
/// The same with the operands in braces.
inline Tensor einsum(std::string_view subscripts, std::initializer_list<Tensor> operands) {
  return einsum(subscripts, std::span(operands.begin(), operands.size()));
}

}  // namespace retrograd
