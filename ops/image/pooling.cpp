#include "pooling.h"

#include <limits>

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/tape/linear.h"
#include "../../core/tape/tape.h"
#include "../../core/tensor/format.h"
#include "window_loops.h"

namespace retrograd {

namespace {

using detail::Windows;

// Adds up in `to`, in doubles where an element gets many terms.
template <class T, class Add>
void add_up(T* to, std::int64_t n, std::int64_t most_terms, Add add) {
  if (most_terms <= detail::kFewTerms)
    add(to);
  else
    detail::with_totals(to, n, add);
}

// Shapes (N, C, H, W) and the windows on each of their planes.
struct Pooling {
  Windows windows;
  Shape images;
  std::int64_t planes() const { return images[0] * images[1]; }
  std::int64_t steps() const { return windows.positions() * windows.size(); }
  Shape pooled() const { return {images[0], images[1], windows.rows.out, windows.columns.out}; }
};

Pooling pooling_of(const char* op, const Tensor& x, int rank, Size2d size, Size2d stride, Size2d padding,
                   Size2d dilation) {
  detail::check_floating(op, x);
  if (x.rank() != rank)
    fail<ShapeError>("{}: takes x {}, got {}", op, rank == 4 ? "(N, C, H, W)" : "(N, C, L)", x.shape());
  const Shape& shape = x.shape();
  const Windows windows = detail::windows_on(op, shape, size, stride, padding, dilation);
  for (const detail::WindowAxis& axis : {windows.rows, windows.columns})
    if (axis.padding > axis.size / 2)
      fail<ShapeError>("{}: padding {} is more than half the window, {}", op, axis.padding, axis.size);
  return {windows, {shape[0], shape[1], windows.rows.in, windows.columns.in}};
}

// Calls f(first position, how many, the element the first one meets, step) for each run of positions that tap by tap
// meet elements of a plane; every position sees its taps in row-major order.
template <class F>
void for_each_tap_run(const Windows& windows, F f) {
  const detail::WindowAxis &down = windows.rows, &along = windows.columns;
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

// Where the largest elements stand, and how many windows may share one of them.
struct Places {
  Tensor index;
  std::int64_t most_windows;
};

Tensor placed(const Tensor& g, const Places& places, const Shape& images);

// y[n, c, p] = x[n, c, index[n, c, p]] on planes, however y was computed; nobody writes to the index.
Tensor record_picked(const Tensor& y, const Tensor& x, const Places& places) {
  return record("max_pool2d", y,
                wrt(x, [places, images = x.shape()](const Tensor& g) { return placed(g, places, images); }));
}

// The same op where the index is known; 0 where it is −1.
Tensor picked(const Tensor& x, const Places& places) {
  const Tensor& index = places.index;
  const Tensor y = Tensor::empty(index.shape(), x.dtype()), from = detail::packed(x);
  if (y.size() > 0)
    dispatch_floating(x.dtype(), [&]<class T>() {
      const std::int64_t pixels = x.shape()[2] * x.shape()[3], positions = y.shape()[2] * y.shape()[3];
      const std::int64_t* at = index.data<std::int64_t>();
      detail::for_each_plane(y.shape()[0] * y.shape()[1], positions, [&](std::int64_t plane) {
        const T* image = from.data<T>() + plane * pixels;
        T* to = detail::values<T>(y);
        for (std::int64_t p = plane * positions; p < (plane + 1) * positions; ++p)
          to[p] = at[p] < 0 ? T{0} : image[at[p]];
      });
    });
  return record_picked(y, x, places);
}

// The transpose of picked: x[n, c, index[n, c, p]] += g[n, c, p], on planes of zeros.
Tensor placed(const Tensor& g, const Places& places, const Shape& images) {
  const Tensor x = zeros(images, g.dtype()), from = detail::packed(g);
  if (g.size() > 0)
    dispatch_floating(g.dtype(), [&]<class T>() {
      const std::int64_t pixels = images[2] * images[3], positions = g.shape()[2] * g.shape()[3];
      const std::int64_t* at = places.index.data<std::int64_t>();
      const T* share = from.data<T>();
      detail::for_each_plane(images[0] * images[1], positions, [&](std::int64_t plane) {
        add_up(detail::values<T>(x) + plane * pixels, pixels, places.most_windows, [&](auto* image) {
          for (std::int64_t p = plane * positions; p < (plane + 1) * positions; ++p)
            if (at[p] >= 0) image[at[p]] += share[p];
        });
      });
    });
  return record("max_pool2d_place", x, wrt(g, [places](const Tensor& gg) { return picked(gg, places); }));
}

template <class T>
void largest_values(const Windows& windows, const T* x, T* y) {
  std::fill_n(y, windows.positions(), -std::numeric_limits<T>::infinity());
  for_each_tap_run(windows, [&](std::int64_t p, std::int64_t n, std::int64_t at, std::int64_t step) {
    T* best = y + p;
    for (std::int64_t o = 0; o < n; ++o) {
      const T value = x[at + o * step];
      best[o] = value <= best[o] || best[o] != best[o] ? best[o] : value;  // NaN once seen stays
    }
  });
}
// The same, and where they stand; −1 for a window that meets nothing.
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
          // By masks: which of a window's elements is larger no branch could foretell.
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

// y[p] = max over the window of p; dy[p] = dx[where it stands]
Tensor largest(const Tensor& x, const Pooling& pooling) {
  const Tensor y = Tensor::empty(pooling.pooled(), x.dtype()), from = detail::packed(x);
  const bool is_saved = is_recorded(x);
  const Tensor index = is_saved ? Tensor::empty(pooling.pooled(), int64) : Tensor();
  if (y.size() > 0)
    dispatch_floating(x.dtype(), [&]<class T>() {
      const std::int64_t pixels = pooling.windows.pixels(), positions = pooling.windows.positions();
      detail::for_each_plane(pooling.planes(), pooling.steps(), [&](std::int64_t plane) {
        const T* image = from.data<T>() + plane * pixels;
        T* to = detail::values<T>(y) + plane * positions;
        if (is_saved)
          largest_places(pooling.windows, image, to, detail::values<std::int64_t>(index) + plane * positions);
        else
          largest_values(pooling.windows, image, to);
      });
    });
  return is_saved ? record_picked(y, x, {index, pooling.windows.size()}) : y;
}

Tensor shared_out(const Tensor& g, const Pooling& pooling);

// y[p] = Σ x over the window of p / its size
Tensor averaged(const Tensor& x, const Pooling& pooling) {
  const Tensor y = zeros(pooling.pooled(), x.dtype()), from = detail::packed(x);
  if (y.size() > 0)
    dispatch_floating(x.dtype(), [&]<class T>() {
      const std::int64_t positions = pooling.windows.positions();
      const T size = static_cast<T>(pooling.windows.size());
      detail::for_each_plane(pooling.planes(), pooling.steps(), [&](std::int64_t plane) {
        const T* image = from.data<T>() + plane * pooling.windows.pixels();
        T* to = detail::values<T>(y) + plane * positions;
        add_up(to, positions, pooling.windows.size(), [&](auto* sums) {
          for_each_tap_run(pooling.windows, [&](std::int64_t p, std::int64_t n, std::int64_t at, std::int64_t step) {
            for (std::int64_t o = 0; o < n; ++o) sums[p + o] += image[at + o * step];
          });
        });
        for (std::int64_t p = 0; p < positions; ++p) to[p] /= size;
      });
    });
  return record("avg_pool2d", y, wrt(x, [pooling](const Tensor& g) { return shared_out(g, pooling); }));
}

// The transpose of averaged: each element gets its share of every window that meets it.
Tensor shared_out(const Tensor& g, const Pooling& pooling) {
  const Tensor x = zeros(pooling.images, g.dtype()), from = detail::packed(g);
  if (g.size() > 0)
    dispatch_floating(g.dtype(), [&]<class T>() {
      const T size = static_cast<T>(pooling.windows.size());
      detail::for_each_plane(pooling.planes(), pooling.steps(), [&](std::int64_t plane) {
        const T* share = from.data<T>() + plane * pooling.windows.positions();
        const std::int64_t pixels = pooling.windows.pixels();
        add_up(detail::values<T>(x) + plane * pixels, pixels, pooling.windows.size(), [&](auto* sums) {
          for_each_tap_run(pooling.windows, [&](std::int64_t p, std::int64_t n, std::int64_t at, std::int64_t step) {
            for (std::int64_t o = 0; o < n; ++o) sums[at + o * step] += share[p + o] / size;
          });
        });
      });
    });
  return record("avg_pool2d_share", x, wrt(g, [pooling](const Tensor& gg) { return averaged(gg, pooling); }));
}

// Images (N, C, H, W) and the near-equal parts that each of their planes is cut into, rows and columns of them.
struct Partition {
  Shape images;
  Size2d parts;
  std::int64_t planes() const { return images[0] * images[1]; }
  std::int64_t pixels() const { return images[2] * images[3]; }
  std::int64_t count() const { return parts.rows * parts.columns; }
  Shape pooled() const { return {images[0], images[1], parts.rows, parts.columns}; }
  // That a pixel may be in.
  std::int64_t most_parts() const { return (parts.rows / images[2] + 2) * (parts.columns / images[3] + 2); }

  // A part's number, its first pixel, and how many rows and columns of pixels it has.
  struct Part {
    std::int64_t number, first, rows, columns;
    std::int64_t size() const { return rows * columns; }
  };
  template <class F>
  void for_each_part(F f) const {
    const std::int64_t height = images[2], width = images[3];
    for (std::int64_t i = 0; i < parts.rows; ++i) {
      const std::int64_t top = i * height / parts.rows, bottom = ((i + 1) * height + parts.rows - 1) / parts.rows;
      for (std::int64_t j = 0; j < parts.columns; ++j) {
        const std::int64_t left = j * width / parts.columns;
        const std::int64_t right = ((j + 1) * width + parts.columns - 1) / parts.columns;
        f(Part{i * parts.columns + j, top * width + left, bottom - top, right - left});
      }
    }
  }
};

Partition partition_of(const Tensor& x, Size2d size) {
  constexpr const char* kOp = "adaptive_avg_pool2d";
  constexpr std::int64_t kMost = detail::kLongestSide;
  detail::check_floating(kOp, x);
  if (x.rank() != 4) fail<ShapeError>("{}: takes x (N, C, H, W), got {}", kOp, x.shape());
  if (x.shape()[2] < 1 || x.shape()[3] < 1) fail<ShapeError>("{}: the images of x {} are empty", kOp, x.shape());
  if (std::min(size.rows, size.columns) < 1 || std::max(size.rows, size.columns) > kMost)
    fail<ShapeError>("{}: sizes must be from 1 to {}, got ({}, {})", kOp, kMost, size.rows, size.columns);
  if (std::max(x.shape()[2], x.shape()[3]) > kMost)
    fail<ShapeError>("{}: the sides of images may be up to {}, got x {}", kOp, kMost, x.shape());
  return {x.shape(), size};
}

Tensor part_shares(const Tensor& g, const Partition& partition);

// y[p] = Σ x over part p / its size
Tensor part_means(const Tensor& x, const Partition& partition) {
  const Tensor y = Tensor::empty(partition.pooled(), x.dtype()), from = detail::packed(x);
  if (y.size() > 0)
    dispatch_floating(x.dtype(), [&]<class T>() {
      const std::int64_t width = partition.images[3];
      detail::for_each_plane(partition.planes(), partition.pixels() + partition.count(), [&](std::int64_t plane) {
        const T* image = from.data<T>() + plane * partition.pixels();
        T* to = detail::values<T>(y) + plane * partition.count();
        partition.for_each_part([&](const Partition::Part& part) {
          double total = 0;  // a part may be a whole image
          for (std::int64_t row = 0; row < part.rows; ++row) {
            double across = 0;
            for (std::int64_t k = 0; k < part.columns; ++k)
              across += static_cast<double>(image[part.first + row * width + k]);
            total += across;
          }
          to[part.number] = static_cast<T>(total / static_cast<double>(part.size()));
        });
      });
    });
  return record("adaptive_avg_pool2d", y, wrt(x, [partition](const Tensor& g) { return part_shares(g, partition); }));
}

// The transpose of part_means: each pixel gets its share of every part that it is in.
Tensor part_shares(const Tensor& g, const Partition& partition) {
  const Tensor x = zeros(partition.images, g.dtype()), from = detail::packed(g);
  if (g.size() > 0)
    dispatch_floating(g.dtype(), [&]<class T>() {
      const std::int64_t width = partition.images[3];
      detail::for_each_plane(partition.planes(), partition.pixels() + partition.count(), [&](std::int64_t plane) {
        const T* share = from.data<T>() + plane * partition.count();
        const std::int64_t pixels = partition.pixels();
        add_up(detail::values<T>(x) + plane * pixels, pixels, partition.most_parts(), [&](auto* image) {
          partition.for_each_part([&](const Partition::Part& part) {
            const T own = share[part.number] / static_cast<T>(part.size());
            for (std::int64_t row = 0; row < part.rows; ++row)
              for (std::int64_t k = 0; k < part.columns; ++k) image[part.first + row * width + k] += own;
          });
        });
      });
    });
  return record("adaptive_avg_pool2d_share", x,
                wrt(g, [partition](const Tensor& gg) { return part_means(gg, partition); }));
}

// A sequence is an image of one row.
template <class F>
Tensor as_image(const Tensor& x, F f) {
  const Tensor y = f(reshape(x, Shape{x.shape()[0], x.shape()[1], 1, x.shape()[2]}));
  return reshape(y, Shape{y.shape()[0], y.shape()[1], y.shape()[3]});
}

}  // namespace

Tensor max_pool2d(const Tensor& x, Size2d size, Size2d stride, Size2d padding, Size2d dilation) {
  return largest(x, pooling_of("max_pool2d", x, 4, size, stride, padding, dilation));
}
Tensor max_pool1d(const Tensor& x, std::int64_t size, std::int64_t stride, std::int64_t padding,
                  std::int64_t dilation) {
  const Pooling pooling = pooling_of("max_pool1d", x, 3, size, stride, padding, dilation);
  return as_image(x, [&](const Tensor& image) { return largest(image, pooling); });
}

Tensor avg_pool2d(const Tensor& x, Size2d size, Size2d stride, Size2d padding) {
  return averaged(x, pooling_of("avg_pool2d", x, 4, size, stride, padding, 1));
}
Tensor avg_pool1d(const Tensor& x, std::int64_t size, std::int64_t stride, std::int64_t padding) {
  const Pooling pooling = pooling_of("avg_pool1d", x, 3, size, stride, padding, 1);
  return as_image(x, [&](const Tensor& image) { return averaged(image, pooling); });
}

Tensor adaptive_avg_pool2d(const Tensor& x, Size2d size) { return part_means(x, partition_of(x, size)); }

}  // namespace retrograd
