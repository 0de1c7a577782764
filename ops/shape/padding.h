// More of the same: padding, rolling, repeating; of any dtype. Results are copies, also where nothing is changed.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>

#include "../../core/tensor/operand.h"
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// How many elements to put before and after those of one axis.
using Margin = std::pair<std::int64_t, std::int64_t>;

/// x with margins filled with `value`, one margin an axis: pad(x, {{1, 1}, {0, 2}}). ShapeError where their number is
/// not the rank, or one is negative.
Tensor pad(const Tensor& x, std::span<const Margin> margins, Scalar value = 0);
/// The same with the margins in braces.
Tensor pad(const Tensor& x, std::initializer_list<Margin> margins, Scalar value = 0);
/// x moved by `shift` places along an axis; what leaves at one end comes in at the other.
Tensor roll(const Tensor& x, std::int64_t shift, int axis);
/// Each element `times` times in a row, along an axis.
Tensor repeat(const Tensor& x, std::int64_t times, int axis);
/// All of x repeated along its axes, aligned right like shapes that broadcast: tile(x, {2, 3}).
Tensor tile(const Tensor& x, std::span<const std::int64_t> times);
/// The same with the numbers in braces.
Tensor tile(const Tensor& x, std::initializer_list<std::int64_t> times);

}  // namespace retrograd
