#include "pooling.h"

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/compute/rows.h"
#include "../../core/kernels/pooling.h"
#include "../../core/tape/linear.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/format.h"
#include "windows.h"

namespace retrograd {

namespace {

using detail::Windows;

// The shape (N, C, H, W) and the windows on each plane.
struct Pooling {
  Windows windows;
  Shape images;
  std::int64_t planes() const { return images[0] * images[1]; }
  std::int64_t steps() const { return windows.positions() * windows.size(); }
  Shape pooled() const { return {images[0], images[1], windows.rows.out, windows.columns.out}; }
};

template <class Size>
Pooling pooling_of(const char* op, const Tensor& x, int rank, Size size,
                   const WindowOptions<Size, kSideBySide>& options) {
  detail::check_floating(op, x);
  if (x.rank() != rank)
    detail::fail<ShapeError>("{}: expects x {}, got {}", op, rank == 4 ? "(N, C, H, W)" : "(N, C, L)", x.shape());
  const Shape& shape = x.shape();
  Size2d stride = options.stride;
  if (stride.rows == kSideBySide) stride = size;
  const Windows windows = detail::windows_on(op, shape, size, stride, options.padding, options.dilation);
  for (const detail::WindowAxis& axis : {windows.rows, windows.columns})
    if (axis.padding > axis.size / 2)
      detail::fail<ShapeError>("{}: padding {} is more than half the window, {}", op, axis.padding, axis.size);
  return {windows, {shape[0], shape[1], windows.rows.in, windows.columns.in}};
}

// Scratch for sums of `size` elements if one may have many terms.
detail::ThreadScratch totals_of(std::int64_t size, std::int64_t most_terms, detail::Rows planes) {
  const bool are_many = most_terms > detail::kFewTerms;
  return {are_many ? size * static_cast<std::int64_t>(sizeof(double)) : 0, planes};
}

// The positions of the maxima, and how many windows may share one.
struct Places {
  Tensor index;
  std::int64_t most_windows;
};

Tensor placed(const Tensor& g, const Places& places, const Shape& images);

// y[n, c, p] = x[n, c, index[n, c, p]] on planes, however y was computed; the index is never written again.
Tensor record_picked(Tensor y, const Tensor& x, const Places& places) {
  return record("max_pool2d", std::move(y),
                wrt(
                    x,
                    [most_windows = places.most_windows, images = x.shape()](const Tensor& g, const Tensor& index) {
                      return placed(g, {index, most_windows}, images);
                    },
                    places.index));
}

// The same op for a known index; 0 where the index is −1.
Tensor picked(const Tensor& x, const Places& places) {
  const Tensor& index = places.index;
  Tensor y = Tensor::empty(index.shape(), x.dtype());
  const std::int64_t pixels = x.shape()[2] * x.shape()[3], positions = y.shape()[2] * y.shape()[3];
  const auto kernel = detail::kernel_for("max_pool2d", detail::pooling_kernels().pick, x.dtype());
  if (y.size() > 0)
    detail::run_rows({y.shape()[0] * y.shape()[1], positions}, kernel, detail::packed(x), index, y, pixels, positions);
  return record_picked(std::move(y), x, places);
}

// The transpose of picked: x[n, c, index[n, c, p]] += g[n, c, p], on planes of zeros.
Tensor placed(const Tensor& g, const Places& places, const Shape& images) {
  const Tensor x = zeros(images, g.dtype());
  const std::int64_t pixels = images[2] * images[3], positions = g.shape()[2] * g.shape()[3];
  const detail::Rows planes = {images[0] * images[1], positions};
  const auto kernel = detail::kernel_for("max_pool2d", detail::pooling_kernels().place, g.dtype());
  if (g.size() > 0)
    detail::run_rows(planes, kernel, detail::packed(g), places.index, x, totals_of(pixels, places.most_windows, planes),
                     places.most_windows, pixels, positions);
  return record("max_pool2d_place", std::move(x),
                wrt(
                    g,
                    [most_windows = places.most_windows](const Tensor& gg, const Tensor& index) {
                      return picked(gg, {index, most_windows});
                    },
                    places.index));
}

// y[p] = max over the window of p; dy[p] = dx at the position of the maximum
Tensor largest(const Tensor& x, const Pooling& pooling) {
  Tensor y = Tensor::empty(pooling.pooled(), x.dtype());
  const bool is_saved = is_recorded(x);
  const Tensor index = is_saved ? Tensor::empty(pooling.pooled(), int64) : Tensor();
  const auto kernel = detail::kernel_for("max_pool2d", detail::pooling_kernels().largest, x.dtype());
  if (y.size() > 0)
    detail::run_rows({pooling.planes(), pooling.steps()}, kernel, detail::packed(x), y, index, pooling.windows);
  return is_saved ? record_picked(std::move(y), x, {index, pooling.windows.size()}) : y;
}

Tensor shared_out(const Tensor& g, const Pooling& pooling);

// y[p] = Σ x over the window of p / its size
Tensor averaged(const Tensor& x, const Pooling& pooling) {
  const Tensor y = zeros(pooling.pooled(), x.dtype());
  const detail::Windows& windows = pooling.windows;
  const detail::Rows planes = {pooling.planes(), pooling.steps()};
  const auto kernel = detail::kernel_for("avg_pool2d", detail::pooling_kernels().average, x.dtype());
  if (y.size() > 0)
    detail::run_rows(planes, kernel, detail::packed(x), y, totals_of(windows.positions(), windows.size(), planes),
                     windows);
  return record("avg_pool2d", std::move(y), wrt(x, [pooling](const Tensor& g) { return shared_out(g, pooling); }));
}

// The transpose of averaged: each element receives its share of every window that covers it.
Tensor shared_out(const Tensor& g, const Pooling& pooling) {
  const Tensor x = zeros(pooling.images, g.dtype());
  const detail::Windows& windows = pooling.windows;
  const detail::Rows planes = {pooling.planes(), pooling.steps()};
  const auto kernel = detail::kernel_for("avg_pool2d", detail::pooling_kernels().share, g.dtype());
  if (g.size() > 0)
    detail::run_rows(planes, kernel, detail::packed(g), x, totals_of(windows.pixels(), windows.size(), planes),
                     windows);
  return record("avg_pool2d_share", std::move(x),
                wrt(g, [pooling](const Tensor& gg) { return averaged(gg, pooling); }));
}

// Images (N, C, H, W) and the parts into which each plane is divided.
struct Partition {
  Shape images;
  detail::Parts parts;
  detail::Rows planes() const { return {images[0] * images[1], parts.pixels() + parts.count()}; }
  Shape pooled() const { return {images[0], images[1], parts.rows, parts.columns}; }
};

Partition partition_of(const Tensor& x, Size2d size) {
  constexpr const char* kOp = "adaptive_avg_pool2d";
  constexpr std::int64_t kMost = detail::kLongestSide;
  detail::check_floating(kOp, x);
  if (x.rank() != 4) detail::fail<ShapeError>("{}: expects x (N, C, H, W), got {}", kOp, x.shape());
  if (x.shape()[2] < 1 || x.shape()[3] < 1)
    detail::fail<ShapeError>("{}: the images of x {} are empty", kOp, x.shape());
  if (std::min(size.rows, size.columns) < 1 || std::max(size.rows, size.columns) > kMost)
    detail::fail<ShapeError>("{}: sizes must be from 1 to {}, got ({}, {})", kOp, kMost, size.rows, size.columns);
  if (std::max(x.shape()[2], x.shape()[3]) > kMost)
    detail::fail<ShapeError>("{}: the sides of images must be at most {}, got x {}", kOp, kMost, x.shape());
  return {x.shape(), {x.shape()[2], x.shape()[3], size.rows, size.columns}};
}

Tensor part_shares(const Tensor& g, const Partition& partition);

// y[p] = Σ x over part p / its size
Tensor part_means(const Tensor& x, const Partition& partition) {
  const Tensor y = Tensor::empty(partition.pooled(), x.dtype());
  const auto kernel = detail::kernel_for("adaptive_avg_pool2d", detail::pooling_kernels().part_means, x.dtype());
  if (y.size() > 0) detail::run_rows(partition.planes(), kernel, detail::packed(x), y, partition.parts);
  return record("adaptive_avg_pool2d", std::move(y),
                wrt(x, [partition](const Tensor& g) { return part_shares(g, partition); }));
}

// The transpose of part_means: each pixel receives its share of every part that it belongs to.
Tensor part_shares(const Tensor& g, const Partition& partition) {
  const Tensor x = zeros(partition.images, g.dtype());
  const detail::Parts& parts = partition.parts;
  const auto kernel = detail::kernel_for("adaptive_avg_pool2d", detail::pooling_kernels().part_shares, g.dtype());
  if (g.size() > 0)
    detail::run_rows(partition.planes(), kernel, detail::packed(g), x,
                     totals_of(parts.pixels(), parts.most_of_pixel(), partition.planes()), parts);
  return record("adaptive_avg_pool2d_share", std::move(x),
                wrt(g, [partition](const Tensor& gg) { return part_means(gg, partition); }));
}

// Treats a sequence as an image of one row.
template <class F>
Tensor as_image(const Tensor& x, F f) {
  const Tensor y = f(reshape(x, Shape{x.shape()[0], x.shape()[1], 1, x.shape()[2]}));
  return reshape(y, Shape{y.shape()[0], y.shape()[1], y.shape()[3]});
}

}  // namespace

Tensor max_pool2d(const Tensor& x, Size2d size, const Pool2dOptions& options) {
  return largest(x, pooling_of("max_pool2d", x, 4, size, options));
}
Tensor max_pool1d(const Tensor& x, std::int64_t size, const Pool1dOptions& options) {
  const Pooling pooling = pooling_of("max_pool1d", x, 3, size, options);
  return as_image(x, [&](const Tensor& image) { return largest(image, pooling); });
}

Tensor avg_pool2d(const Tensor& x, Size2d size, const Pool2dOptions& options) {
  return averaged(x, pooling_of("avg_pool2d", x, 4, size, options));
}
Tensor avg_pool1d(const Tensor& x, std::int64_t size, const Pool1dOptions& options) {
  const Pooling pooling = pooling_of("avg_pool1d", x, 3, size, options);
  return as_image(x, [&](const Tensor& image) { return averaged(image, pooling); });
}

Tensor adaptive_avg_pool2d(const Tensor& x, Size2d size) { return part_means(x, partition_of(x, size)); }

}  // namespace retrograd
