// Windows that slide over images: where they stand, and which elements each one meets. Invariant: the creator of a
// Windows has checked its numbers, so loops over it stay within the image and nothing overflows. Does not depend on
// what is computed from a window. Not a public header.
#pragma once
#include <algorithm>
#include <cstdint>
#include <utility>

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
  bool are_pixels() const {
    const auto one = [](const WindowAxis& axis) {
      return axis.size == 1 && axis.stride == 1 && axis.padding == 0 && axis.out == axis.in;
    };
    return one(rows) && one(columns);
  }
};

/// Terms that float32 may add up one by one; where an element gets more, they are summed up in doubles.
inline constexpr std::int64_t kFewTerms = 64;

}  // namespace retrograd::detail
