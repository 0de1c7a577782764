#include "im2col.h"

#include <algorithm>

namespace retrograd::detail {

namespace {

// Calls f(channel, kernel row, kernel column) in the order of the rows of `columns`.
template <class F>
void for_each_tap(const Windows& windows, std::int64_t channels, F f) {
  for (std::int64_t channel = 0; channel < channels; ++channel)
    for (std::int64_t i = 0; i < windows.rows.size; ++i)
      for (std::int64_t j = 0; j < windows.columns.size; ++j) f(channel, i, j);
}

// Calls f(output row, first column, last column) for each row's part of the positions in [begin, end).
template <class F>
void for_each_row(std::int64_t width, std::int64_t begin, std::int64_t end, F f) {
  for (std::int64_t at = begin; at < end;) {
    const std::int64_t row = at / width, first = at - row * width, last = std::min(width, first + end - at);
    f(row, first, last);
    at += last - first;
  }
}

// True if a row of windows is as long as a row of the image and the stride is 1: the elements under tap (i, j) are then
// the plane itself, shifted, except at the border.
bool are_shifted(const Windows& windows) {
  return windows.rows.stride == 1 && windows.columns.stride == 1 && windows.columns.in == windows.columns.out;
}

// One row of the columns of `are_shifted` windows: copies all positions whose row lies in the image at once, then zeros
// what was taken from beyond the left and right borders.
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
  else if (step == 2)  // the compiler vectorizes this
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
// The same, accumulating in type Sum, which is T or double.
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
            std::int64_t end, T* image, double* totals) {
  if (windows.size() <= kFewTerms) return add_columns(windows, columns, stride, channels, begin, end, image);
  for (std::int64_t channel = 0; channel < channels; ++channel, columns += windows.size() * stride)
    with_totals(image + channel * windows.pixels(), windows.pixels(), totals,
                [&](double* plane) { add_columns(windows, columns, stride, 1, begin, end, plane); });
}

template void im2col(const Windows&, const float*, std::int64_t, std::int64_t, std::int64_t, float*, std::int64_t);
template void im2col(const Windows&, const double*, std::int64_t, std::int64_t, std::int64_t, double*, std::int64_t);
template void col2im(const Windows&, const float*, std::int64_t, std::int64_t, std::int64_t, std::int64_t, float*,
                     double*);
template void col2im(const Windows&, const double*, std::int64_t, std::int64_t, std::int64_t, std::int64_t, double*,
                     double*);

namespace {

template <class T>
void unfold(const void* images, void* columns, const Windows& windows, std::int64_t first, std::int64_t last) {
  const std::int64_t positions = windows.positions();
  for (std::int64_t plane = first; plane < last; ++plane)
    im2col(windows, static_cast<const T*>(images) + plane * windows.pixels(), 1, 0, positions,
           static_cast<T*>(columns) + plane * windows.size() * positions, positions);
}
template <class T>
void fold(const void* columns, void* images, double* totals, const Windows& windows, std::int64_t first,
          std::int64_t last) {
  const std::int64_t positions = windows.positions();
  for (std::int64_t plane = first; plane < last; ++plane)
    col2im(windows, static_cast<const T*>(columns) + plane * windows.size() * positions, positions, 1, 0, positions,
           static_cast<T*>(images) + plane * windows.pixels(), totals);
}

constexpr Im2colKernels kTable = {.unfold = floats(unfold<float>, unfold<double>),
                                  .fold = floats(fold<float>, fold<double>)};

}  // namespace

const Im2colKernels& im2col_kernels() { return kTable; }

}  // namespace retrograd::detail
