#include "convolution.h"

#include <array>
#include <limits>
#include <string>

#include "../core/error.h"
#include "../core/format.h"
#include "../core/tape.h"
#include "../core/tape_ops.h"
#include "convolution_products.h"
#include "reductions.h"

namespace retrograd {

namespace {

using detail::ConvSizes;

void check_dtypes(const char* op, const Tensor& x, const Tensor& weight, const Tensor* bias) {
  if (x.dtype() != weight.dtype() || (bias && bias->dtype() != x.dtype()))
    fail<DtypeError>("{}: dtypes differ: x {}, weight {}{}; astype converts", op, x.dtype(), weight.dtype(),
                     bias ? fmt::format(", bias {}", bias->dtype()) : std::string());
  detail::check_floating(op, x);
}

// The sizes of the convolution of x (N, C, …) with weight (O, C/groups, …), of one row where the rank is 3.
ConvSizes sizes_of(const char* op, const Tensor& x, const Tensor& weight, const Tensor* bias, int rank,
                   const Conv2dOptions& options) {
  check_dtypes(op, x, weight, bias);
  if (x.rank() != rank || weight.rank() != rank)
    fail<ShapeError>("{}: takes x (N, C, {}) and weight (O, C/groups, {}), got {} and {}", op, rank == 4 ? "H, W" : "L",
                     rank == 4 ? "KH, KW" : "K", x.shape(), weight.shape());
  const std::int64_t channels = x.shape()[1], filters = weight.shape()[0], groups = options.groups;
  if (groups < 1) fail<ShapeError>("{}: groups must be at least 1, got {}", op, groups);
  if (channels % groups != 0 || channels / groups != weight.shape()[1])
    fail<ShapeError>("{}: the {} channels of x {} in groups = {} do not fit the {} of weight {}", op, channels,
                     x.shape(), groups, weight.shape()[1], weight.shape());
  if (filters % groups != 0)
    fail<ShapeError>("{}: groups = {} do not divide the {} filters of weight {}", op, groups, filters, weight.shape());
  if (bias && !(bias->shape() == Shape{filters}))
    fail<ShapeError>("{}: bias {} does not fit weight {}, which has {} filters", op, bias->shape(), weight.shape(),
                     filters);
  const std::int64_t last = weight.shape()[rank - 1];
  const Size2d size(rank == 4 ? weight.shape()[2] : 1, last);
  const ConvSizes sizes{detail::windows_on(op, x.shape(), size, options.stride, options.padding, options.dilation),
                        x.shape()[0], channels, filters, groups};
  // BLAS counts with ints. Where there is no product, no size matters.
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();
  if (sizes.y().size() > 0 && weight.size() > 0 &&
      std::max({sizes.windows.pixels(), sizes.windows.positions(), sizes.depth(), filters}) > kMost)
    fail<ShapeError>("{}: BLAS takes sizes up to {}, got x {} and weight {} for {} windows an image", op, kMost,
                     x.shape(), weight.shape(), sizes.windows.positions());
  return sizes;
}

Tensor input_gradient(const Tensor& g, const Tensor& weight, const ConvSizes& sizes);
Tensor weight_gradient(const Tensor& x, const Tensor& g, const ConvSizes& sizes);

// y = x * w + b. With the cotangent g: Σ g·(x*w) is trilinear in g, x and w; its three derivatives are these three ops.
Tensor convolution(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvSizes& sizes) {
  const Tensor y = detail::convolve(x, weight, bias, sizes);
  if (!is_recorded(x, weight) && !(bias.defined() && is_recorded(bias))) return y;
  const std::array<Tensor, 3> inputs = {x, weight, bias};
  return record_joint(
      "conv2d", y, std::span(inputs).first(bias.defined() ? 3 : 2),
      [x = is_recorded(weight) ? x : Tensor(), weight = is_recorded(x) ? weight : Tensor(), sizes,
       has_bias = bias.defined()](const Tensor& g, Cotangents& out) {  // what nobody will ask for is not kept
        if (out.wants(0)) out.give(0, input_gradient(g, weight, sizes));
        if (out.wants(1)) out.give(1, weight_gradient(x, g, sizes));
        if (has_bias && out.wants(2)) out.give(2, sum(g, {0, 2, 3}));
      });
}

Tensor input_gradient(const Tensor& g, const Tensor& weight, const ConvSizes& sizes) {
  const Tensor x = detail::convolve_back(g, weight, sizes);
  return record("conv2d_input_gradient", x,
                wrt(g, [weight, sizes](const Tensor& gg) { return convolution(gg, weight, Tensor(), sizes); }),
                wrt(weight, [g, sizes](const Tensor& gg) { return weight_gradient(gg, g, sizes); }));
}

Tensor weight_gradient(const Tensor& x, const Tensor& g, const ConvSizes& sizes) {
  const Tensor weight = detail::correlate(x, g, sizes);
  return record("conv2d_weight_gradient", weight,
                wrt(x, [g, sizes](const Tensor& gg) { return input_gradient(g, gg, sizes); }),
                wrt(g, [x, sizes](const Tensor& gg) { return convolution(x, gg, Tensor(), sizes); }));
}

Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor* bias, const Conv2dOptions& options) {
  const ConvSizes sizes = sizes_of("conv2d", x, weight, bias, 4, options);
  return convolution(x, weight, bias ? *bias : Tensor(), sizes);
}

// A sequence is an image of one row.
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

}  // namespace retrograd
