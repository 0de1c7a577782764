#include "im2col.h"

#include "../core/creation.h"
#include "../core/error.h"
#include "../core/format.h"
#include "../core/tape.h"

namespace retrograd {

namespace {

using detail::WindowAxis;
using detail::Windows;

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
void copy_run(const T* from, std::int64_t step, std::int64_t n, T* to) {
  if (step == 1)
    std::copy_n(from, n, to);
  else
    for (std::int64_t o = 0; o < n; ++o) to[o] = from[o * step];
}
template <class T>
void add_run(const T* __restrict from, std::int64_t step, std::int64_t n, T* __restrict to) {
  if (step == 1)
    for (std::int64_t o = 0; o < n; ++o) to[o] += from[o];
  else
    for (std::int64_t o = 0; o < n; ++o) to[o * step] += from[o];
}

// What unfold and fold are made with.
struct Unfolding {
  Windows windows;
  Shape images, columns;
  std::int64_t planes() const { return images[0] * images[1]; }
  std::int64_t steps() const { return windows.size() * windows.positions(); }
};

Unfolding unfolding_of(const char* op, const Shape& images, Size2d size, const UnfoldOptions& options) {
  const Windows windows = detail::windows_on(op, images, size, options.stride, options.padding, options.dilation);
  std::int64_t rows;
  if (__builtin_mul_overflow(images[1], windows.size(), &rows))
    fail<ShapeError>("{}: {} and a window ({}, {}) make more rows than 64 bits count", op, images, size.rows,
                     size.columns);
  return {windows, images, {images[0], rows, windows.positions()}};
}

void check_floating(const char* op, const Tensor& x) {
  if (!is_floating(x.dtype())) fail<DtypeError>("{}: takes float32 or float64, got {}", op, x.dtype());
}

Tensor folded(const Tensor& columns, const Unfolding& how);

// y[n, (c, i, j), (p, q)] = x[n, c, p·s − pad + i·d, q·s − pad + j·d]
Tensor unfolded(const Tensor& x, const Unfolding& how) {
  const Tensor y = Tensor::empty(how.columns, x.dtype()), from = detail::packed(x);
  const auto compute = [&]<class T>() {
    const T* image = from.data<T>();
    T* to = detail::values<T>(y);
    const std::int64_t positions = how.windows.positions();
    detail::for_each_plane(how.planes(), how.steps(), [&](std::int64_t plane) {
      detail::im2col(how.windows, image + plane * how.windows.pixels(), 1, 0, positions, to + plane * how.steps(),
                     positions);
    });
  };
  if (y.size() > 0) x.dtype() == float32 ? compute.template operator()<float>() : compute.template operator()<double>();
  return record("unfold", y, wrt(x, [how](const Tensor& g) { return folded(g, how); }));
}

// x[n, c, h, w] = Σ of y[n, (c, i, j), (p, q)] over the windows and taps that meet (h, w)
Tensor folded(const Tensor& columns, const Unfolding& how) {
  const Tensor x = zeros(how.images, columns.dtype()), from = detail::packed(columns);
  const auto compute = [&]<class T>() {
    const T* column = from.data<T>();
    T* to = detail::values<T>(x);
    const std::int64_t positions = how.windows.positions();
    detail::for_each_plane(how.planes(), how.steps(), [&](std::int64_t plane) {
      detail::col2im(how.windows, column + plane * how.steps(), positions, 1, 0, positions,
                     to + plane * how.windows.pixels());
    });
  };
  if (columns.size() > 0)
    x.dtype() == float32 ? compute.template operator()<float>() : compute.template operator()<double>();
  return record("fold", x, wrt(columns, [how](const Tensor& g) { return unfolded(g, how); }));
}

}  // namespace

template <class T>
void detail::im2col(const Windows& windows, const T* image, std::int64_t channels, std::int64_t begin, std::int64_t end,
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

template <class T>
void detail::col2im(const Windows& windows, const T* columns, std::int64_t stride, std::int64_t channels,
                    std::int64_t begin, std::int64_t end, T* image) {
  const WindowAxis &down = windows.rows, &along = windows.columns;
  for_each_tap(windows, channels, [&](std::int64_t channel, std::int64_t i, std::int64_t j) {
    T* plane = image + channel * windows.pixels();
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

template void detail::im2col(const Windows&, const float*, std::int64_t, std::int64_t, std::int64_t, float*,
                             std::int64_t);
template void detail::im2col(const Windows&, const double*, std::int64_t, std::int64_t, std::int64_t, double*,
                             std::int64_t);
template void detail::col2im(const Windows&, const float*, std::int64_t, std::int64_t, std::int64_t, std::int64_t,
                             float*);
template void detail::col2im(const Windows&, const double*, std::int64_t, std::int64_t, std::int64_t, std::int64_t,
                             double*);

Tensor unfold(const Tensor& x, Size2d size, const UnfoldOptions& options) {
  check_floating("unfold", x);
  if (x.rank() != 4) fail<ShapeError>("unfold: takes images (N, C, H, W), got {}", x.shape());
  return unfolded(x, unfolding_of("unfold", x.shape(), size, options));
}

Tensor fold(const Tensor& columns, Size2d image, Size2d size, const UnfoldOptions& options) {
  check_floating("fold", columns);
  if (columns.rank() != 3) fail<ShapeError>("fold: takes columns (N, C·KH·KW, L), got {}", columns.shape());
  if (std::min(image.rows, image.columns) < 0)
    fail<ShapeError>("fold: the sides of images can't be negative, got ({}, {})", image.rows, image.columns);
  const Windows windows = detail::windows_on("fold", {1, 1, image.rows, image.columns}, size, options.stride,
                                             options.padding, options.dilation);
  if (columns.shape()[1] % windows.size() != 0)
    fail<ShapeError>("fold: the rows of {} are no multiple of the window ({}, {})", columns.shape(), size.rows,
                     size.columns);
  if (columns.shape()[2] != windows.positions())
    fail<ShapeError>("fold: {} has {} columns, images ({}, {}) have {} windows", columns.shape(), columns.shape()[2],
                     image.rows, image.columns, windows.positions());
  const Shape images{columns.shape()[0], columns.shape()[1] / windows.size(), image.rows, image.columns};
  return folded(columns, {windows, images, columns.shape()});
}

}  // namespace retrograd
