#include "window_loops.h"

#include <limits>
#include <string>

#include "../../core/base/error.h"
#include "../../core/tensor/format.h"

namespace retrograd::detail {

namespace {

// As the caller wrote it: one number for images of one row.
std::string text(Size2d numbers, bool one_row) {
  return one_row ? fmt::format("{}", numbers.columns) : fmt::format("({}, {})", numbers.rows, numbers.columns);
}

// An axis of windows whose numbers are in range; `out` is 0 where the window is larger than the padded axis.
WindowAxis axis_of(std::int64_t in, std::int64_t size, std::int64_t stride, std::int64_t padding,
                   std::int64_t dilation) {
  const std::int64_t room = in + 2 * padding - dilation * (size - 1) - 1;
  return {in, size, stride, padding, dilation, room < 0 ? 0 : room / stride + 1};
}

// Calls f(channel, kernel row, kernel column) in the order of the rows of the columns.
template <class F>
void for_each_tap(const Windows& windows, std::int64_t channels, F f) {
  for (std::int64_t channel = 0; channel < channels; ++channel)
    for (std::int64_t i = 0; i < windows.rows.size; ++i)
      for (std::int64_t j = 0; j < windows.columns.size; ++j) f(channel, i, j);
}

// Calls f(output row, first and last output column) for the pieces of a stretch of positions.
template <class F>
void for_each_row(std::int64_t width, std::int64_t begin, std::int64_t end, F f) {
  for (std::int64_t at = begin; at < end;) {
    const std::int64_t row = at / width, first = at - row * width, last = std::min(width, first + end - at);
    f(row, first, last);
    at += last - first;
  }
}

// True where a row of windows is as long as a row of the image and steps by one: what tap (i, j) meets is then the
// plane itself, shifted, but for the border.
bool are_shifted(const Windows& windows) {
  return windows.rows.stride == 1 && windows.columns.stride == 1 && windows.columns.in == windows.columns.out;
}

// One row of the columns of `are_shifted` windows: all positions whose row lies in the image in one copy, then zeros
// over what it took from beyond the sides.
template <class T>
void shifted_row(const Windows& windows, const T* plane, std::int64_t i, std::int64_t j, std::int64_t begin,
                 std::int64_t end, T* to) {
  const std::int64_t width = windows.columns.out;
  const std::int64_t shift = windows.rows.at(0, i) * width + windows.columns.at(0, j);
  const auto [first_row, last_row] = windows.rows.within(i, 0, windows.rows.out);
  const std::int64_t from = std::clamp(std::max(first_row * width, -shift), begin, end);
  const std::int64_t until = std::clamp(std::min(last_row * width, windows.pixels() - shift), from, end);
  std::fill(to, to + (from - begin), T{0});
  std::copy(plane + from + shift, plane + until + shift, to + (from - begin));
  std::fill(to + (until - begin), to + (end - begin), T{0});
  const auto [first, last] = windows.columns.within(j, 0, width);
  if (first == 0 && last == width) return;
  for_each_row(width, from, until, [&, left = first, right = last](std::int64_t row, std::int64_t a, std::int64_t b) {
    T* of_row = to + (row * width - begin);
    for (std::int64_t o = a; o < std::min(left, b); ++o) of_row[o] = 0;
    for (std::int64_t o = std::max(right, a); o < b; ++o) of_row[o] = 0;
  });
}

template <class T>
void copy_run(const T* from, std::int64_t step, std::int64_t n, T* __restrict to) {
  if (step == 1)
    std::copy_n(from, n, to);
  else if (step == 2)  // the compiler has vectors for it
    for (std::int64_t o = 0; o < n; ++o) to[o] = from[2 * o];
  else
    for (std::int64_t o = 0; o < n; ++o) to[o] = from[o * step];
}
template <class T, class Sum>
void add_run(const T* __restrict from, std::int64_t step, std::int64_t n, Sum* __restrict to) {
  if (step == 1)
    for (std::int64_t o = 0; o < n; ++o) to[o] += from[o];
  else
    for (std::int64_t o = 0; o < n; ++o) to[o * step] += from[o];
}

}  // namespace

bool Windows::are_pixels() const {
  const auto one = [](const WindowAxis& axis) {
    return axis.size == 1 && axis.stride == 1 && axis.padding == 0 && axis.out == axis.in;
  };
  return one(rows) && one(columns);
}

void check_windows(const char* op, Size2d size, Size2d stride, Size2d padding, Size2d dilation, bool one_row) {
  const auto check = [&](const char* what, Size2d numbers, std::int64_t least) {
    if (std::min(numbers.rows, numbers.columns) < least)
      fail<ShapeError>("{}: {} must be at least {}, got {}", op, what, least, text(numbers, one_row));
    if (std::max(numbers.rows, numbers.columns) > kLongestSide)
      fail<ShapeError>("{}: {} may be up to {}, got {}", op, what, kLongestSide, text(numbers, one_row));
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
    fail<ShapeError>("{}: the sides of images may be up to {}, got {}", op, kLongestSide, images);
  const Windows windows{axis_of(height, size.rows, stride.rows, padding.rows, dilation.rows),
                        axis_of(width, size.columns, stride.columns, padding.columns, dilation.columns)};
  if (windows.rows.out < 1 || windows.columns.out < 1)
    fail<ShapeError>("{}: a window {} with dilation {} is larger than {} with padding {}", op, text(size, one_row),
                     text(dilation, one_row), images, text(padding, one_row));
  if (std::int64_t positions; __builtin_mul_overflow(windows.rows.out, windows.columns.out, &positions))
    fail<ShapeError>("{}: {} with padding {} has more windows than 64 bits count", op, images, text(padding, one_row));
  return windows;
}

template <class T>
void im2col(const Windows& windows, const T* image, std::int64_t channels, std::int64_t begin, std::int64_t end,
            T* columns, std::int64_t stride) {
  const WindowAxis &down = windows.rows, &along = windows.columns;
  for_each_tap(windows, channels, [&](std::int64_t channel, std::int64_t i, std::int64_t j) {
    const T* plane = image + channel * windows.pixels();
    T* to = std::exchange(columns, columns + stride);
    if (are_shifted(windows)) return shifted_row(windows, plane, i, j, begin, end, to);
    const auto [left, right] = along.within(j, 0, along.out);
    for_each_row(along.out, begin, end, [&, l = left, r = right](std::int64_t row, std::int64_t a, std::int64_t b) {
      const std::int64_t y = down.at(row, i);
      const std::int64_t first = y < 0 || y >= down.in ? b : std::clamp(l, a, b), last = std::clamp(r, first, b);
      std::fill_n(to, first - a, T{0});
      if (last > first) copy_run(plane + y * along.in + along.at(first, j), along.stride, last - first, to + first - a);
      std::fill_n(to + (last - a), b - last, T{0});
      to += b - a;
    });
  });
}

namespace {
// The same with sums of another type, T or double.
template <class T, class Sum>
void add_columns(const Windows& windows, const T* columns, std::int64_t stride, std::int64_t channels,
                 std::int64_t begin, std::int64_t end, Sum* image) {
  const WindowAxis &down = windows.rows, &along = windows.columns;
  for_each_tap(windows, channels, [&](std::int64_t channel, std::int64_t i, std::int64_t j) {
    Sum* plane = image + channel * windows.pixels();
    const T* from = std::exchange(columns, columns + stride);
    const auto [left, right] = along.within(j, 0, along.out);
    for_each_row(along.out, begin, end, [&, l = left, r = right](std::int64_t row, std::int64_t a, std::int64_t b) {
      const std::int64_t y = down.at(row, i), first = std::clamp(l, a, b), last = std::clamp(r, first, b);
      if (y >= 0 && y < down.in && last > first)
        add_run(from + first - a, along.stride, last - first, plane + y * along.in + along.at(first, j));
      from += b - a;
    });
  });
}
}  // namespace

template <class T>
void col2im(const Windows& windows, const T* columns, std::int64_t stride, std::int64_t channels, std::int64_t begin,
            std::int64_t end, T* image) {
  if (windows.size() <= kFewTerms) return add_columns(windows, columns, stride, channels, begin, end, image);
  for (std::int64_t channel = 0; channel < channels; ++channel, columns += windows.size() * stride)
    with_totals(image + channel * windows.pixels(), windows.pixels(),
                [&](double* plane) { add_columns(windows, columns, stride, 1, begin, end, plane); });
}

template void im2col(const Windows&, const float*, std::int64_t, std::int64_t, std::int64_t, float*, std::int64_t);
template void im2col(const Windows&, const double*, std::int64_t, std::int64_t, std::int64_t, double*, std::int64_t);
template void col2im(const Windows&, const float*, std::int64_t, std::int64_t, std::int64_t, std::int64_t, float*);
template void col2im(const Windows&, const double*, std::int64_t, std::int64_t, std::int64_t, std::int64_t, double*);

}  // namespace retrograd::detail
