// Windows that slide over images: where they stand, which elements each one meets, and their columns. Convolution,
// pooling and unfold share them. Invariant: a Windows has passed its checks, so that its loops stay within the image
// and none of its numbers overflows. Knows nothing of what is computed from a window. Not a public header.
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "../../core/base/dtype.h"
#include "../../core/base/shape.h"
#include "../../core/compute/share.h"
#include "../../core/tensor/storage.h"
#include "size2d.h"

namespace retrograd::detail {

/// Along one axis: the k-th element of window o stands at o · stride − padding + k · dilation.
struct WindowAxis {
  std::int64_t in, size, stride, padding, dilation, out;
  std::int64_t at(std::int64_t o, std::int64_t k) const { return o * stride - padding + k * dilation; }
  /// Of the windows from begin to before end, those whose k-th element lies within the image: again a range.
  std::pair<std::int64_t, std::int64_t> within(std::int64_t k, std::int64_t begin, std::int64_t end) const {
    const std::int64_t first = -at(0, k), last = in + first;  // o · stride is at least the one and below the other
    const auto up = [this](std::int64_t n) { return n <= 0 ? 0 : (n + stride - 1) / stride; };
    const std::int64_t from = std::clamp(up(first), begin, end);
    return {from, std::clamp(up(last), from, end)};
  }
  /// The elements of window o that lie within the image, from the first to before the last: again a range.
  std::pair<std::int64_t, std::int64_t> taps(std::int64_t o) const {
    const std::int64_t begin = at(o, 0);
    if (begin >= 0 && at(o, size - 1) < in) return {0, size};
    const std::int64_t first = begin >= 0 ? 0 : std::min((dilation - 1 - begin) / dilation, size);
    return {first, begin >= in ? first : std::clamp((in - begin + dilation - 1) / dilation, first, size)};
  }
};

/// The windows on a plane of rows and columns. A position is a window's number in row-major order.
struct Windows {
  WindowAxis rows, columns;
  std::int64_t size() const { return rows.size * columns.size; }
  std::int64_t pixels() const { return rows.in * columns.in; }
  std::int64_t positions() const { return rows.out * columns.out; }
  /// True where each window is one element and each element one window: positions are pixels.
  bool are_pixels() const;
};

/// The largest number of any kind that speaks of one axis: no sum or product of two overflows.
inline constexpr std::int64_t kLongestSide = std::numeric_limits<std::int32_t>::max();

/// ShapeError names `op` where a number is out of range for windows on any images; one_row says how it is written.
void check_windows(const char* op, Size2d size, Size2d stride, Size2d padding, Size2d dilation, bool one_row = false);

/// The windows on images of shape (N, C, H, W), or (N, C, L) as images of one row, of which the columns of the numbers
/// count; there are ⌊(size + 2 padding − dilation (window − 1) − 1) / stride⌋ + 1 along an axis. ShapeError names `op`
/// where the numbers are no windows on that shape.
Windows windows_on(const char* op, const Shape& images, Size2d size, Size2d stride, Size2d padding, Size2d dilation);

/// The columns of the positions from begin to before end of one image, whose planes are `channels`: channels · KH · KW
/// rows of end − begin elements, `stride` apart. T is float or double.
template <class T>
void im2col(const Windows& windows, const T* image, std::int64_t channels, std::int64_t begin, std::int64_t end,
            T* columns, std::int64_t stride);
/// Its transpose: adds such columns to the image.
template <class T>
void col2im(const Windows& windows, const T* columns, std::int64_t stride, std::int64_t channels, std::int64_t begin,
            std::int64_t end, T* image);

/// Terms that float32 may add up one by one.
inline constexpr std::int64_t kFewTerms = 64;
/// Calls add(totals) with the n values as doubles, to which it adds many terms each, and rounds what is then there.
template <class T, class Add>
void with_totals(T* to, std::int64_t n, Add&& add) {
  std::vector<double, PoolAllocator<double>> totals(to, to + n);
  add(totals.data());
  for (std::int64_t i = 0; i < n; ++i) to[i] = static_cast<T>(totals[static_cast<std::size_t>(i)]);
}

/// Calls f(plane) for each plane, on the pool where the steps that all planes take together are many.
template <class F>
void for_each_plane(std::int64_t planes, std::int64_t steps_each, F&& f) {
  constexpr double kMostStretches = 64;
  const double wanted = static_cast<double>(planes) * static_cast<double>(steps_each) / double{kParallelChunk};
  const std::int64_t stretches = std::min(planes, static_cast<std::int64_t>(std::clamp(wanted, 1.0, kMostStretches)));
  parallel_for(stretches, [&](std::int64_t stretch) {
    for (std::int64_t plane = planes * stretch / stretches; plane < planes * (stretch + 1) / stretches; ++plane)
      f(plane);
  });
}

}  // namespace retrograd::detail
