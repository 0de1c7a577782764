#include "windows.h"

#include <algorithm>
#include <string>

#include "../../core/base/error.h"
#include "../../core/tensor/format.h"

namespace retrograd::detail {

namespace {

// As the caller wrote it: a single number for images of one row.
std::string text(Size2d numbers, bool one_row) {
  return one_row ? fmt::format("{}", numbers.columns) : fmt::format("({}, {})", numbers.rows, numbers.columns);
}

// An axis of windows whose parameters are in range; `out` is 0 if the window is larger than the padded axis.
WindowAxis axis_of(std::int64_t in, std::int64_t size, std::int64_t stride, std::int64_t padding,
                   std::int64_t dilation) {
  const std::int64_t room = in + 2 * padding - dilation * (size - 1) - 1;
  return {in, size, stride, padding, dilation, room < 0 ? 0 : room / stride + 1};
}

}  // namespace

void check_windows(const char* op, Size2d size, Size2d stride, Size2d padding, Size2d dilation, bool one_row) {
  const auto check = [&](const char* what, Size2d numbers, std::int64_t least) {
    if (std::min(numbers.rows, numbers.columns) < least)
      fail<ShapeError>("{}: {} must be at least {}, got {}", op, what, least, text(numbers, one_row));
    if (std::max(numbers.rows, numbers.columns) > kLongestSide)
      fail<ShapeError>("{}: {} must be at most {}, got {}", op, what, kLongestSide, text(numbers, one_row));
  };
  check("a window's size", size, 1);
  check("the stride", stride, 1);
  check("the padding", padding, 0);
  check("the dilation", dilation, 1);
}

Windows windows_on(const char* op, const Shape& images, Size2d size, Size2d stride, Size2d padding, Size2d dilation) {
  const bool one_row = images.rank() == 3;
  if (one_row) size.rows = stride.rows = dilation.rows = 1, padding.rows = 0;
  check_windows(op, size, stride, padding, dilation, one_row);
  const std::int64_t height = one_row ? 1 : images[2], width = images[images.rank() - 1];
  if (std::max(height, width) > kLongestSide)
    fail<ShapeError>("{}: the sides of images must be at most {}, got {}", op, kLongestSide, images);
  const Windows windows{axis_of(height, size.rows, stride.rows, padding.rows, dilation.rows),
                        axis_of(width, size.columns, stride.columns, padding.columns, dilation.columns)};
  if (windows.rows.out < 1 || windows.columns.out < 1)
    fail<ShapeError>("{}: a window {} with dilation {} is larger than {} with padding {}", op, text(size, one_row),
                     text(dilation, one_row), images, text(padding, one_row));
  if (std::int64_t positions; __builtin_mul_overflow(windows.rows.out, windows.columns.out, &positions))
    fail<ShapeError>("{}: {} with padding {} has more windows than fit in 64 bits", op, images, text(padding, one_row));
  return windows;
}

}  // namespace retrograd::detail
