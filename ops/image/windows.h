// Checks window parameters and converts them to Windows, whose loops stay within the image. Shared by convolution,
// pooling and unfold. Does not depend on what is computed from a window. Not a public header.
#pragma once
#include <limits>

#include "../../core/base/shape.h"
#include "../../core/kernels/windows.h"
#include "window_options.h"

namespace retrograd::detail {

/// The maximum of any parameter along one axis, so that no sum or product of two of them overflows.
inline constexpr std::int64_t kLongestSide = std::numeric_limits<std::int32_t>::max();

/// ShapeError naming `op` if a parameter is out of range for any images; one_row tells how to format it.
void check_windows(const char* op, Size2d size, Size2d stride, Size2d padding, Size2d dilation, bool one_row = false);

/// The windows on images of shape (N, C, H, W), or (N, C, L) as images of one row, for which only the columns of the
/// parameters matter; there are ⌊(size + 2 padding − dilation (window − 1) − 1) / stride⌋ + 1 along an axis. ShapeError
/// naming `op` if the parameters are invalid for that shape.
Windows windows_on(const char* op, const Shape& images, Size2d size, Size2d stride, Size2d padding, Size2d dilation);

}  // namespace retrograd::detail
