// Padding, rolling and repeating; any dtype. Results are always copies.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>

#include "../../core/tensor/operand.h"
#include "../../core/tensor/tensor.h"

namespace retrograd {

/// The number of elements to add before and after those of an axis.
using Margin = std::pair<std::int64_t, std::int64_t>;

/// x with margins filled with `value`, one margin per axis: pad(x, {{1, 1}, {0, 2}}). ShapeError if their number is not
/// the rank, or if one is negative.
Tensor pad(const Tensor& x, std::span<const Margin> margins, Scalar value = 0);
/// The same with the margins in braces.
Tensor pad(const Tensor& x, std::initializer_list<Margin> margins, Scalar value = 0);
/// x shifted by `shift` positions along an axis; elements shifted out at one end reenter at the other.
Tensor roll(const Tensor& x, std::int64_t shift, int axis);
/// Each element repeated `times` times along an axis.
Tensor repeat(const Tensor& x, std::int64_t times, int axis);
/// x repeated along its axes, aligned right as in broadcasting: tile(x, {2, 3}).
Tensor tile(const Tensor& x, std::span<const std::int64_t> times);
/// The same with the numbers in braces.
Tensor tile(const Tensor& x, std::initializer_list<std::int64_t> times);

}  // namespace retrograd
