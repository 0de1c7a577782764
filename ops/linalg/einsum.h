// Einstein summation: a sum of products whose letters say which axes run together. Composed of recorded ops (diagonals,
// sums, permutations, products of batches of matrices), so its derivatives need no rules of their own.
#pragma once
#include <initializer_list>
#include <span>
#include <string_view>

#include "../../core/tensor/tensor.h"

namespace retrograd {

/// NumPy's einsum: "ij,jk->ik" names the axes of each operand with letters, and those of the result; products are
/// summed over every letter that the result lacks. A letter twice in one operand takes its diagonal; "..." stands for
/// further leading axes, which broadcast, as do axes of size 1. Without "->" the result has the axes of "..." and then,
/// in alphabetical order, the letters that stand once. Any number of operands of one dtype, float32, float64 or int64,
/// contracted from left to right. The result is never a view, which NumPy's can be. Error on subscripts that cannot be
/// read, ShapeError naming the letter on sizes that differ.
Tensor einsum(std::string_view subscripts, std::span<const Tensor> operands);
/// The same with the operands in braces.
inline Tensor einsum(std::string_view subscripts, std::initializer_list<Tensor> operands) {
  return einsum(subscripts, std::span(operands.begin(), operands.size()));
}

}  // namespace retrograd
