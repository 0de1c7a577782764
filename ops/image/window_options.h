// How windows slide, for convolution, pooling and unfold alike: they stand `stride` apart, their elements `dilation`
// apart, on images with `padding` added at either end. Of images the numbers are Size2d, of sequences whole numbers.
// Not checked here: each op checks the values it is given.
#pragma once
#include <cstdint>
#include <limits>

namespace retrograd {

/// Two numbers, for the rows and for the columns of an image; one alone stands for both.
struct Size2d {
  std::int64_t rows;     ///< the number for the rows (H)
  std::int64_t columns;  ///< the number for the columns (W)
  /// One number for both.
  constexpr Size2d(std::int64_t both) : rows(both), columns(both) {}
  /// One number each.
  constexpr Size2d(std::int64_t of_rows, std::int64_t of_columns) : rows(of_rows), columns(of_columns) {}
};

/// As a stride of pooling: the size of the window, so that windows stand side by side.
inline constexpr std::int64_t kSideBySide = std::numeric_limits<std::int64_t>::min();

/// How windows slide.
template <class Size, std::int64_t default_stride = 1>
struct WindowOptions {
  Size stride = default_stride;  ///< from one window to the next
  Size padding = 0;              ///< added at either end
  Size dilation = 1;             ///< from one element of a window to the next
};
/// How the windows of unfold and fold slide; the padding is zeros.
using UnfoldOptions = WindowOptions<Size2d>;
/// How the windows of pooling slide over images: max_pool2d(x, 3, {.stride = 2, .padding = 1}).
using Pool2dOptions = WindowOptions<Size2d, kSideBySide>;
/// The same over sequences.
using Pool1dOptions = WindowOptions<std::int64_t, kSideBySide>;

/// How the windows of a convolution slide, and which channels each filter meets; the padding is zeros.
template <class Size>
struct ConvOptions {
  Size stride = 1;          ///< from one window to the next
  Size padding = 0;         ///< zeros added at either end
  Size dilation = 1;        ///< from one element of a window to the next
  std::int64_t groups = 1;  ///< channels and filters fall into as many groups, each convolved on its own
};
/// Of images.
using Conv2dOptions = ConvOptions<Size2d>;
/// Of sequences.
using Conv1dOptions = ConvOptions<std::int64_t>;
/// How the windows of a transposed convolution lie on its result.
struct ConvTranspose2dOptions {
  Size2d stride = 1;          ///< from one window to the next
  Size2d padding = 0;         ///< rows and columns taken off the result at either end
  Size2d output_padding = 0;  ///< more of them at its lower and right end; less than the stride or the dilation
  Size2d dilation = 1;        ///< from one element of a window to the next
  std::int64_t groups = 1;    ///< channels fall into as many groups, each convolved on its own
};

}  // namespace retrograd
