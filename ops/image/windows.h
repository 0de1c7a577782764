// How windows on images are asked for: their numbers, checked, become the Windows whose loops stay within the image.
// Convolution, pooling and unfold share this. Does not depend on what is computed from a window. Not a public header.
#pragma once
#include <limits>

#include "../../core/base/shape.h"
#include "../../core/kernels/windows.h"
#include "window_options.h"

namespace retrograd::detail {

/// The largest number of any kind that speaks of one axis: no sum or product of two overflows.
inline constexpr std::int64_t kLongestSide = std::numeric_limits<std::int32_t>::max();

/// ShapeError names `op` where a number is out of range for windows on any images; one_row says how it is written.
void check_windows(const char* op, Size2d size, Size2d stride, Size2d padding, Size2d dilation, bool one_row = false);

/// The windows on images of shape (N, C, H, W), or (N, C, L) as images of one row, of which the columns of the numbers
/// count; there are ⌊(size + 2 padding − dilation (window − 1) − 1) / stride⌋ + 1 along an axis. ShapeError names `op`
/// where the numbers are no windows on that shape.
Windows windows_on(const char* op, const Shape& images, Size2d size, Size2d stride, Size2d padding, Size2d dilation);

}  // namespace retrograd::detail
