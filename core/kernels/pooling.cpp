#include "pooling.h"

#include <algorithm>
#include <limits>

#include "im2col.h"

namespace retrograd::detail {

namespace {

// Accumulates into `to`, in double if an element may receive many terms.
template <class T, class Add>
void add_up(T* to, std::int64_t n, std::int64_t most_terms, double* totals, Add add) {
  if (most_terms <= kFewTerms)
    add(to);
  else
    with_totals(to, n, totals, add);
}

// Calls f(first position, number of positions, first element, step between elements) for each tap and each run of
// positions whose tap lies in the plane; every position sees its taps in row-major order.
template <class F>
void for_each_tap_run(const Windows& windows, F f) {
  const WindowAxis &down = windows.rows, &along = windows.columns;
  for (std::int64_t row = 0; row < down.out; ++row)
    for (std::int64_t i = 0; i < down.size; ++i) {
      const std::int64_t y = down.at(row, i);
      if (y < 0 || y >= down.in) continue;
      for (std::int64_t j = 0; j < along.size; ++j) {
        const auto [first, last] = along.within(j, 0, along.out);
        if (first < last) f(row * along.out + first, last - first, y * along.in + along.at(first, j), along.stride);
      }
    }
}

template <class T>
void largest_values(const Windows& windows, const T* x, T* y) {
  std::fill_n(y, windows.positions(), -std::numeric_limits<T>::infinity());
  for_each_tap_run(windows, [&](std::int64_t p, std::int64_t n, std::int64_t at, std::int64_t step) {
    T* best = y + p;
    for (std::int64_t o = 0; o < n; ++o) {
      const T value = x[at + o * step];
      best[o] = value <= best[o] || best[o] != best[o] ? best[o] : value;  // keeps NaN
    }
  });
}
// The same, with the positions of the maxima; −1 for a window entirely in the padding.
template <class T>
void largest_places(const Windows& windows, const T* x, T* y, std::int64_t* index) {
  const detail::WindowAxis &down = windows.rows, &along = windows.columns;
  for (std::int64_t row = 0; row < down.out; ++row) {
    const auto [top, bottom] = down.taps(row);
    for (std::int64_t column = 0; column < along.out; ++column) {
      const auto [left, right] = along.taps(column);
      const bool is_empty = top == bottom || left == right;
      std::int64_t place = is_empty ? -1 : down.at(row, top) * along.in + along.at(column, left);
      T best = is_empty ? -std::numeric_limits<T>::infinity() : x[place];
      for (std::int64_t i = top; i < bottom; ++i) {
        std::int64_t at = down.at(row, i) * along.in + along.at(column, left);
        for (std::int64_t j = left; j < right; ++j, at += along.dilation) {
          // By masks: no branch predictor could foresee which element of a window is larger.
          const auto moves = -static_cast<std::int64_t>(!(x[at] <= best) & (best == best));
          place ^= (place ^ at) & moves;
          best = x[place];
        }
      }
      *y++ = best;
      *index++ = place;
    }
  }
}

template <class T>
void largest(const void* x, void* y, std::int64_t* index, const Windows& windows, std::int64_t first,
             std::int64_t last) {
  const std::int64_t positions = windows.positions();
  for (std::int64_t plane = first; plane < last; ++plane) {
    const T* image = static_cast<const T*>(x) + plane * windows.pixels();
    T* to = static_cast<T*>(y) + plane * positions;
    if (index)
      largest_places(windows, image, to, index + plane * positions);
    else
      largest_values(windows, image, to);
  }
}

template <class T>
void pick(const void* x, const std::int64_t* index, void* y, std::int64_t pixels, std::int64_t positions,
          std::int64_t first, std::int64_t last) {
  T* to = static_cast<T*>(y);
  for (std::int64_t plane = first; plane < last; ++plane) {
    const T* image = static_cast<const T*>(x) + plane * pixels;
    for (std::int64_t p = plane * positions; p < (plane + 1) * positions; ++p)
      to[p] = index[p] < 0 ? T{0} : image[index[p]];
  }
}

template <class T>
void place(const void* y, const std::int64_t* index, void* x, double* totals, std::int64_t most_terms,
           std::int64_t pixels, std::int64_t positions, std::int64_t first, std::int64_t last) {
  const T* share = static_cast<const T*>(y);
  for (std::int64_t plane = first; plane < last; ++plane)
    add_up(static_cast<T*>(x) + plane * pixels, pixels, most_terms, totals, [&](auto* image) {
      for (std::int64_t p = plane * positions; p < (plane + 1) * positions; ++p)
        if (index[p] >= 0) image[index[p]] += share[p];
    });
}

template <class T>
void average(const void* x, void* y, double* totals, const Windows& windows, std::int64_t first, std::int64_t last) {
  const std::int64_t positions = windows.positions();
  const T size = static_cast<T>(windows.size());
  for (std::int64_t plane = first; plane < last; ++plane) {
    const T* image = static_cast<const T*>(x) + plane * windows.pixels();
    T* to = static_cast<T*>(y) + plane * positions;
    add_up(to, positions, windows.size(), totals, [&](auto* sums) {
      for_each_tap_run(windows, [&](std::int64_t p, std::int64_t n, std::int64_t at, std::int64_t step) {
        for (std::int64_t o = 0; o < n; ++o) sums[p + o] += image[at + o * step];
      });
    });
    for (std::int64_t p = 0; p < positions; ++p) to[p] /= size;
  }
}

template <class T>
void share(const void* y, void* x, double* totals, const Windows& windows, std::int64_t first, std::int64_t last) {
  const std::int64_t pixels = windows.pixels();
  const T size = static_cast<T>(windows.size());
  for (std::int64_t plane = first; plane < last; ++plane) {
    const T* from = static_cast<const T*>(y) + plane * windows.positions();
    add_up(static_cast<T*>(x) + plane * pixels, pixels, windows.size(), totals, [&](auto* sums) {
      for_each_tap_run(windows, [&](std::int64_t p, std::int64_t n, std::int64_t at, std::int64_t step) {
        for (std::int64_t o = 0; o < n; ++o) sums[at + o * step] += from[p + o] / size;
      });
    });
  }
}

// A part's number, its first pixel, and its numbers of rows and columns of pixels.
struct Part {
  std::int64_t number, first, rows, columns;
  std::int64_t size() const { return rows * columns; }
};
template <class F>
void for_each_part(const Parts& parts, F f) {
  for (std::int64_t i = 0; i < parts.rows; ++i) {
    const std::int64_t top = i * parts.height / parts.rows,
                       bottom = ((i + 1) * parts.height + parts.rows - 1) / parts.rows;
    for (std::int64_t j = 0; j < parts.columns; ++j) {
      const std::int64_t left = j * parts.width / parts.columns;
      const std::int64_t right = ((j + 1) * parts.width + parts.columns - 1) / parts.columns;
      f(Part{i * parts.columns + j, top * parts.width + left, bottom - top, right - left});
    }
  }
}

template <class T>
void part_means(const void* x, void* y, const Parts& parts, std::int64_t first, std::int64_t last) {
  for (std::int64_t plane = first; plane < last; ++plane) {
    const T* image = static_cast<const T*>(x) + plane * parts.pixels();
    T* to = static_cast<T*>(y) + plane * parts.count();
    for_each_part(parts, [&](const Part& part) {
      double total = 0;  // a part may be a whole image
      for (std::int64_t row = 0; row < part.rows; ++row) {
        double across = 0;
        for (std::int64_t k = 0; k < part.columns; ++k)
          across += static_cast<double>(image[part.first + row * parts.width + k]);
        total += across;
      }
      to[part.number] = static_cast<T>(total / static_cast<double>(part.size()));
    });
  }
}

template <class T>
void part_shares(const void* y, void* x, double* totals, const Parts& parts, std::int64_t first, std::int64_t last) {
  const std::int64_t pixels = parts.pixels();
  for (std::int64_t plane = first; plane < last; ++plane) {
    const T* from = static_cast<const T*>(y) + plane * parts.count();
    add_up(static_cast<T*>(x) + plane * pixels, pixels, parts.most_of_pixel(), totals, [&](auto* image) {
      for_each_part(parts, [&](const Part& part) {
        const T own = from[part.number] / static_cast<T>(part.size());
        for (std::int64_t row = 0; row < part.rows; ++row)
          for (std::int64_t k = 0; k < part.columns; ++k) image[part.first + row * parts.width + k] += own;
      });
    });
  }
}

constexpr PoolingKernels kTable = {
    .largest = floats(largest<float>, largest<double>),
    .pick = floats(pick<float>, pick<double>),
    .place = floats(place<float>, place<double>),
    .average = floats(average<float>, average<double>),
    .share = floats(share<float>, share<double>),
    .part_means = floats(part_means<float>, part_means<double>),
    .part_shares = floats(part_shares<float>, part_shares<double>),
};

}  // namespace

const PoolingKernels& pooling_kernels() { return kTable; }

}  // namespace retrograd::detail
