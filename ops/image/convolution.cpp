#include "convolution.h"

#include <array>
#include <string>

#include "../../core/base/error.h"
#include "../../core/compute/convolution.h"
#include "../../core/tape/linear.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/format.h"
#include "../reduction/reductions.h"
#include "windows.h"

namespace retrograd {

namespace {

using detail::ConvSizes;

void check_dtypes(const char* op, const Tensor& x, const Tensor& weight, const Tensor* bias) {
  if (bias)
    detail::check_dtypes(op, {{"x", x}, {"weight", weight}, {"bias", *bias}});
  else
    detail::check_dtypes(op, {{"x", x}, {"weight", weight}});
  detail::check_floating(op, x);
}

// The sizes of the convolution of x (N, C, …) with weight (O, C/groups, …); of one row if the rank is 3.
ConvSizes sizes_of(const char* op, const Tensor& x, const Tensor& weight, const Tensor* bias, int rank,
                   const Conv2dOptions& options) {
  check_dtypes(op, x, weight, bias);
  if (x.rank() != rank || weight.rank() != rank)
    detail::fail<ShapeError>("{}: expects x (N, C, {}) and weight (O, C/groups, {}), got {} and {}", op,
                             rank == 4 ? "H, W" : "L", rank == 4 ? "KH, KW" : "K", detail::described(x),
                             detail::described(weight));
  const std::int64_t channels = x.shape()[1], filters = weight.shape()[0], groups = options.groups;
  if (groups < 1) detail::fail<ShapeError>("{}: groups must be at least 1, got {}", op, groups);
  if (channels % groups != 0 || channels / groups != weight.shape()[1])
    detail::fail<ShapeError>("{}: the {} channels of x {} in groups = {} do not fit the {} of weight {}", op, channels,
                             detail::described(x), groups, weight.shape()[1], detail::described(weight));
  if (filters % groups != 0)
    detail::fail<ShapeError>("{}: groups = {} does not divide the {} filters of weight {}", op, groups, filters,
                             detail::described(weight));
  if (bias && !(bias->shape() == Shape{filters}))
    detail::fail<ShapeError>("{}: bias {} does not fit weight {}, which has {} filters", op, detail::described(*bias),
                             detail::described(weight), filters);
  const std::int64_t last = weight.shape()[rank - 1];
  const Size2d size(rank == 4 ? weight.shape()[2] : 1, last);
  const ConvSizes sizes{detail::windows_on(op, x.shape(), size, options.stride, options.padding, options.dilation),
                        x.shape()[0], channels, filters, groups};
  return sizes;
}

Tensor input_gradient(const Tensor& g, const Tensor& weight, const ConvSizes& sizes);
Tensor weight_gradient(const Tensor& x, const Tensor& g, const ConvSizes& sizes);

// y = x * w + b. With the cotangent g, Σ g·(x*w) is trilinear in g, x and w; its three derivatives are these three ops.
Tensor convolution(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvSizes& sizes) {
  Tensor y = detail::convolve(x, weight, bias, sizes);
  const std::array<Tensor, 3> inputs = {x, weight, bias};
  return record_joint(
      "conv2d", std::move(y), std::span(inputs).first(bias.defined() ? 3 : 2),
      [sizes, has_bias = bias.defined()](const Tensor& g, Cotangents& out, const Tensor& at, const Tensor& w) {
        if (out.wants(0)) out.give(0, input_gradient(g, w, sizes));
        if (out.wants(1)) out.give(1, weight_gradient(at, g, sizes));
        if (has_bias && out.wants(2)) out.give(2, sum(g, {0, 2, 3}));
      },
      SavedFor{weight, x}, SavedFor{x, weight});
}

Tensor input_gradient(const Tensor& g, const Tensor& weight, const ConvSizes& sizes) {
  const Tensor x = detail::convolve_back(g, weight, sizes);
  return record(
      "conv2d_input_gradient", std::move(x),
      wrt(
          g, [sizes](const Tensor& gg, const Tensor& w) { return convolution(gg, w, Tensor(), sizes); }, weight),
      wrt(
          weight, [sizes](const Tensor& gg, const Tensor& given) { return weight_gradient(gg, given, sizes); }, g));
}

Tensor weight_gradient(const Tensor& x, const Tensor& g, const ConvSizes& sizes) {
  const Tensor weight = detail::correlate(x, g, sizes);
  return record(
      "conv2d_weight_gradient", std::move(weight),
      wrt(
          x, [sizes](const Tensor& gg, const Tensor& given) { return input_gradient(given, gg, sizes); }, g),
      wrt(
          g, [sizes](const Tensor& gg, const Tensor& at) { return convolution(at, gg, Tensor(), sizes); }, x));
}

Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor* bias, const Conv2dOptions& options) {
  const ConvSizes sizes = sizes_of("conv2d", x, weight, bias, 4, options);
  return convolution(x, weight, bias ? *bias : Tensor(), sizes);
}

// The sizes of the convolution for which conv_transpose2d of x and weight is the input gradient.
ConvSizes transposed_sizes_of(const Tensor& x, const Tensor& weight, const Tensor* bias,
                              const ConvTranspose2dOptions& options) {
  constexpr const char* kOp = "conv_transpose2d";
  check_dtypes(kOp, x, weight, bias);
  if (x.rank() != 4 || weight.rank() != 4)
    detail::fail<ShapeError>("{}: expects x (N, C, H, W) and weight (C, O/groups, KH, KW), got {} and {}", kOp,
                             detail::described(x), detail::described(weight));
  const Shape &of_x = x.shape(), &of_weight = weight.shape();
  const std::int64_t groups = options.groups;
  if (groups < 1) detail::fail<ShapeError>("{}: groups must be at least 1, got {}", kOp, groups);
  if (of_x[1] != of_weight[0])
    detail::fail<ShapeError>("{}: the {} channels of x {} do not fit the {} of weight {}", kOp, of_x[1],
                             detail::described(x), of_weight[0], detail::described(weight));
  if (of_x[1] % groups != 0)
    detail::fail<ShapeError>("{}: groups = {} does not divide the {} channels of x {}", kOp, groups, of_x[1],
                             detail::described(x));
  std::int64_t channels = 0;
  if (__builtin_mul_overflow(of_weight[1], groups, &channels))
    detail::fail<ShapeError>("{}: groups = {} of weight {} have more channels than fit in 64 bits", kOp, groups,
                             detail::described(weight));
  if (bias && !(bias->shape() == Shape{channels}))
    detail::fail<ShapeError>("{}: bias {} does not fit weight {}, which gives {} channels", kOp,
                             detail::described(*bias), detail::described(weight), channels);
  const Size2d size(of_weight[2], of_weight[3]), stride = options.stride, padding = options.padding,
                                                 dilation = options.dilation, more = options.output_padding;
  detail::check_windows(kOp, size, stride, padding, dilation);
  if (std::min(of_x[2], of_x[3]) < 1 || std::max(of_x[2], of_x[3]) > detail::kLongestSide)
    detail::fail<ShapeError>("{}: the sides of images must be from 1 to {}, got {}", kOp, detail::kLongestSide,
                             detail::described(x));
  const auto is_surplus = [](std::int64_t added, std::int64_t step, std::int64_t spread) {
    return added >= 0 && added < std::max(step, spread);
  };
  if (!is_surplus(more.rows, stride.rows, dilation.rows) || !is_surplus(more.columns, stride.columns, dilation.columns))
    detail::fail<ShapeError>(
        "{}: output_padding must be at least 0 and less than the stride or the dilation, got ({}, {})", kOp, more.rows,
        more.columns);
  const std::int64_t height =
      (of_x[2] - 1) * stride.rows - 2 * padding.rows + dilation.rows * (size.rows - 1) + more.rows + 1;
  const std::int64_t width =
      (of_x[3] - 1) * stride.columns - 2 * padding.columns + dilation.columns * (size.columns - 1) + more.columns + 1;
  if (std::min(height, width) < 1 || std::max(height, width) > detail::kLongestSide)
    detail::fail<ShapeError>("{}: the result's sides must be from 1 to {}; x {} and weight {} give ({}, {})", kOp,
                             detail::kLongestSide, detail::described(x), detail::described(weight), height, width);
  ConvSizes sizes{detail::windows_on(kOp, {of_x[0], channels, height, width}, size, stride, padding, dilation), of_x[0],
                  channels, of_x[1], groups};
  sizes.windows.rows.out = of_x[2];  // an output_padding of a stride or more would add windows
  sizes.windows.columns.out = of_x[3];
  return sizes;
}

// Treats a sequence as an image of one row.
Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor* bias, const Conv1dOptions& options) {
  const ConvSizes sizes = sizes_of(
      "conv1d", x, weight, bias, 3,
      {.stride = options.stride, .padding = options.padding, .dilation = options.dilation, .groups = options.groups});
  const Shape &of_x = x.shape(), &of_weight = weight.shape();
  const Tensor y =
      convolution(reshape(x, Shape{of_x[0], of_x[1], 1, of_x[2]}),
                  reshape(weight, Shape{of_weight[0], of_weight[1], 1, of_weight[2]}), bias ? *bias : Tensor(), sizes);
  return reshape(y, Shape{of_x[0], of_weight[0], sizes.windows.columns.out});
}

}  // namespace

Tensor conv2d(const Tensor& x, const Tensor& weight, const Conv2dOptions& options) {
  return conv2d(x, weight, nullptr, options);
}
Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv2dOptions& options) {
  return conv2d(x, weight, &bias, options);
}

Tensor conv1d(const Tensor& x, const Tensor& weight, const Conv1dOptions& options) {
  return conv1d(x, weight, nullptr, options);
}
Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv1dOptions& options) {
  return conv1d(x, weight, &bias, options);
}

Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const ConvTranspose2dOptions& options) {
  return input_gradient(x, weight, transposed_sizes_of(x, weight, nullptr, options));
}
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvTranspose2dOptions& options) {
  const Tensor y = input_gradient(x, weight, transposed_sizes_of(x, weight, &bias, options));
  return y + reshape(bias, Shape{1, bias.size(), 1, 1});
}

}  // namespace retrograd
