// Shared by the rows of convolution and pooling: windows as plain loops.
#pragma once
#include "../reference.h"

namespace retrograd::tests {

struct PlainWindows {
  Size2d size, stride, padding, dilation = 1;
  std::int64_t height(std::int64_t in) const {
    return (in + 2 * padding.rows - dilation.rows * (size.rows - 1) - 1) / stride.rows + 1;
  }
  std::int64_t width(std::int64_t in) const {
    return (in + 2 * padding.columns - dilation.columns * (size.columns - 1) - 1) / stride.columns + 1;
  }
};

// Calls f(i, j, h, w) for the taps of window (p, q) that are inside the image.
template <class F>
void for_each_tap(const PlainWindows& windows, std::int64_t height, std::int64_t width, std::int64_t p, std::int64_t q,
                  F f) {
  for (std::int64_t i = 0; i < windows.size.rows; ++i)
    for (std::int64_t j = 0; j < windows.size.columns; ++j) {
      const std::int64_t h = p * windows.stride.rows - windows.padding.rows + i * windows.dilation.rows;
      const std::int64_t w = q * windows.stride.columns - windows.padding.columns + j * windows.dilation.columns;
      if (h >= 0 && h < height && w >= 0 && w < width) f(i, j, h, w);
    }
}

inline Plain with_row(const Plain& x) { return {{x.shape[0], x.shape[1], 1, x.shape[2]}, x.values}; }
inline Plain without_row(const Plain& x) { return {{x.shape[0], x.shape[1], x.shape[3]}, x.values}; }

}  // namespace retrograd::tests
