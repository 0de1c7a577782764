#include "im2col.h"

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/compute/rows.h"
#include "../../core/kernels/im2col.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/format.h"
#include "windows.h"

namespace retrograd {

namespace {

using detail::Windows;

// The parameters of unfold and fold.
struct Unfolding {
  Windows windows;
  Shape images, columns;
  detail::Rows planes() const { return {images[0] * images[1], windows.size() * windows.positions()}; }
};

Unfolding unfolding_of(const char* op, const Shape& images, Size2d size, const UnfoldOptions& options) {
  const Windows windows = detail::windows_on(op, images, size, options.stride, options.padding, options.dilation);
  std::int64_t rows;
  if (__builtin_mul_overflow(images[1], windows.size(), &rows))
    detail::fail<ShapeError>("{}: {} and a window ({}, {}) yield more rows than fit in 64 bits", op, images, size.rows,
                             size.columns);
  return {windows, images, {images[0], rows, windows.positions()}};
}

Tensor folded(const Tensor& columns, const Unfolding& how);

// y[n, (c, i, j), (p, q)] = x[n, c, p·s − pad + i·d, q·s − pad + j·d]
Tensor unfolded(const Tensor& x, const Unfolding& how) {
  const Tensor y = Tensor::empty(how.columns, x.dtype());
  const auto kernel = detail::kernel_for("unfold", detail::im2col_kernels().unfold, x.dtype());
  if (y.size() > 0) detail::run_rows(how.planes(), kernel, detail::packed(x), y, how.windows);
  return record("unfold", std::move(y), wrt(x, [how](const Tensor& g) { return folded(g, how); }));
}

// x[n, c, h, w] = Σ of y[n, (c, i, j), (p, q)] over the windows and taps that cover (h, w)
Tensor folded(const Tensor& columns, const Unfolding& how) {
  const Tensor x = zeros(how.images, columns.dtype());
  const auto kernel = detail::kernel_for("fold", detail::im2col_kernels().fold, columns.dtype());
  const bool are_many = how.windows.size() > detail::kFewTerms;  // terms per element
  const std::int64_t room = are_many ? how.windows.pixels() * static_cast<std::int64_t>(sizeof(double)) : 0;
  if (columns.size() > 0)
    detail::run_rows(how.planes(), kernel, detail::packed(columns), x, detail::ThreadScratch(room, how.planes()),
                     how.windows);
  return record("fold", std::move(x), wrt(columns, [how](const Tensor& g) { return unfolded(g, how); }));
}

}  // namespace

Tensor unfold(const Tensor& x, Size2d size, const UnfoldOptions& options) {
  detail::check_floating("unfold", x);
  if (x.rank() != 4) detail::fail<ShapeError>("unfold: expects images (N, C, H, W), got {}", x.shape());
  return unfolded(x, unfolding_of("unfold", x.shape(), size, options));
}

Tensor fold(const Tensor& columns, Size2d image, Size2d size, const UnfoldOptions& options) {
  detail::check_floating("fold", columns);
  if (columns.rank() != 3) detail::fail<ShapeError>("fold: expects columns (N, C·KH·KW, L), got {}", columns.shape());
  if (std::min(image.rows, image.columns) < 0)
    detail::fail<ShapeError>("fold: the sides of images cannot be negative, got ({}, {})", image.rows, image.columns);
  const Windows windows = detail::windows_on("fold", {1, 1, image.rows, image.columns}, size, options.stride,
                                             options.padding, options.dilation);
  if (columns.shape()[1] % windows.size() != 0)
    detail::fail<ShapeError>("fold: the rows of {} are not a multiple of the window ({}, {})", columns.shape(),
                             size.rows, size.columns);
  if (columns.shape()[2] != windows.positions())
    detail::fail<ShapeError>("fold: {} has {} columns, images ({}, {}) have {} windows", columns.shape(),
                             columns.shape()[2], image.rows, image.columns, windows.positions());
  const Shape images{columns.shape()[0], columns.shape()[1] / windows.size(), image.rows, image.columns};
  return folded(columns, {windows, images, columns.shape()});
}

}  // namespace retrograd
