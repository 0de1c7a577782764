// Options for the windows of convolution, pooling and unfold: windows are `stride` apart, their elements `dilation`
// apart, on images with `padding` added on both sides. For images the values are Size2d, for sequences integers. Not
// checked here: each op checks its own arguments.
#pragma once
#include <cstdint>
#include <limits>

namespace retrograd {

/// A pair of numbers for the rows and the columns of an image; a single number stands for both.
struct Size2d {
  std::int64_t rows;     ///< the value for the rows (H)
  std::int64_t columns;  ///< the value for the columns (W)
  /// The same number for both.
  constexpr Size2d(std::int64_t both) : rows(both), columns(both) {}
  /// One number for each.
  constexpr Size2d(std::int64_t of_rows, std::int64_t of_columns) : rows(of_rows), columns(of_columns) {}
};

/// The default stride of pooling: the size of the window, so that windows are adjacent.
inline constexpr std::int64_t kSideBySide = std::numeric_limits<std::int64_t>::min();

/// How windows slide.
template <class Size, std::int64_t default_stride = 1>
struct WindowOptions {
  Size stride = default_stride;  ///< distance between windows
  Size padding = 0;              ///< added on both sides
  Size dilation = 1;             ///< distance between the elements of a window
};
/// Options of unfold and fold; the padding is zeros.
using UnfoldOptions = WindowOptions<Size2d>;
/// Options of pooling over images: max_pool2d(x, 3, {.stride = 2, .padding = 1}).
using Pool2dOptions = WindowOptions<Size2d, kSideBySide>;
/// The same over sequences.
using Pool1dOptions = WindowOptions<std::int64_t, kSideBySide>;

/// Options of a convolution; the padding is zeros.
template <class Size>
struct ConvOptions {
  Size stride = 1;          ///< distance between windows
  Size padding = 0;         ///< zeros added on both sides
  Size dilation = 1;        ///< distance between the elements of a window
  std::int64_t groups = 1;  ///< number of groups of channels and filters, convolved separately
};
/// For images.
using Conv2dOptions = ConvOptions<Size2d>;
/// For sequences.
using Conv1dOptions = ConvOptions<std::int64_t>;
/// Options of a transposed convolution; its windows lie on the result.
struct ConvTranspose2dOptions {
  Size2d stride = 1;          ///< distance between windows
  Size2d padding = 0;         ///< rows and columns removed from the result on both sides
  Size2d output_padding = 0;  ///< added at its lower and right side; less than the stride or the dilation
  Size2d dilation = 1;        ///< distance between the elements of a window
  std::int64_t groups = 1;    ///< number of groups of channels, convolved separately
};

}  // namespace retrograd
