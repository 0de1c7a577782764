// Windows that slide over images: their positions, and the elements under each. Invariant: the creator of a Windows has
// checked its numbers, so loops over it stay within the image and nothing overflows. Does not depend on what is
// computed from a window. Not a public header.
#pragma once
#include <algorithm>
#include <cstdint>
#include <utility>

namespace retrograd::detail {

/// Along one axis: element k of window o is at o · stride − padding + k · dilation.
struct WindowAxis {
  std::int64_t in, size, stride, padding, dilation, out;
  std::int64_t at(std::int64_t o, std::int64_t k) const { return o * stride - padding + k * dilation; }
  /// The subrange of the windows in [begin, end) whose element k lies within the image.
  std::pair<std::int64_t, std::int64_t> within(std::int64_t k, std::int64_t begin, std::int64_t end) const {
    const std::int64_t first = -at(0, k), last = in + first;  // o · stride must be in [first, last)
    const auto up = [this](std::int64_t n) { return n <= 0 ? 0 : (n + stride - 1) / stride; };
    const std::int64_t from = std::clamp(up(first), begin, end);
    return {from, std::clamp(up(last), from, end)};
  }
  /// The range of elements of window o that lie within the image.
  std::pair<std::int64_t, std::int64_t> taps(std::int64_t o) const {
    const std::int64_t begin = at(o, 0);
    if (begin >= 0 && at(o, size - 1) < in) return {0, size};
    const std::int64_t first = begin >= 0 ? 0 : std::min((dilation - 1 - begin) / dilation, size);
    return {first, begin >= in ? first : std::clamp((in - begin + dilation - 1) / dilation, first, size)};
  }
};

/// The windows of a plane. A position is a window's number in row-major order.
struct Windows {
  WindowAxis rows, columns;
  std::int64_t size() const { return rows.size * columns.size; }
  std::int64_t pixels() const { return rows.in * columns.in; }
  std::int64_t positions() const { return rows.out * columns.out; }
  /// True if each window is exactly one element and vice versa: positions are pixels.
  bool are_pixels() const {
    const auto one = [](const WindowAxis& axis) {
      return axis.size == 1 && axis.stride == 1 && axis.padding == 0 && axis.out == axis.in;
    };
    return one(rows) && one(columns);
  }
};

/// The number of terms that float32 may add one by one; longer sums are accumulated in double.
inline constexpr std::int64_t kFewTerms = 64;

}  // namespace retrograd::detail
