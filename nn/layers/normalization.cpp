#include "normalization.h"

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/tape/linear.h"
#include "../../core/tensor/format.h"
#include "../../ops/elementwise/arithmetic.h"
#include "../../ops/network/normalization.h"
#include "../../ops/reduction/statistics.h"

namespace retrograd::nn {

namespace {

void check_options(const char* layer, const NormOptions& options, Dtype dtype) {
  if (!is_floating(dtype)) detail::fail<DtypeError>("{}: expects float32 or float64, got {}", layer, dtype);
  if (!(options.epsilon >= 0)) detail::fail("{}: epsilon cannot be negative, got {}", layer, options.epsilon);
}

void check_sizes(const char* layer, const Shape& shape) {
  bool fits = shape.rank() > 0;
  for (std::int64_t size : shape) fits = fits && size > 0;
  if (!fits)
    detail::fail<ShapeError>("{}: normalized_shape must have at least one axis and positive sizes, got {}", layer,
                             shape);
}

void check_ends_in(const char* layer, const Tensor& x, const Shape& shape) {
  detail::check_floating(layer, x);
  bool fits = x.rank() >= shape.rank();
  for (int axis = 1; fits && axis <= shape.rank(); ++axis)
    fits = x.shape()[x.rank() - axis] == shape[shape.rank() - axis];
  if (!fits) detail::fail<ShapeError>("{}: x must end in normalized_shape {}, got {}", layer, shape, x.shape());
}

void check_dtype(const char* layer, const Tensor& x, const Tensor& weight) {
  if (x.dtype() != weight.dtype())
    detail::fail<DtypeError>("{}: x must be {}, got {}; convert with astype", layer, weight.dtype(), x.dtype());
}

}  // namespace

LayerNorm::LayerNorm(const Shape& shape, const NormOptions& with, Dtype dtype)
    : normalized_shape(shape), options(with) {
  check_sizes("LayerNorm", shape);
  check_options("LayerNorm", options, dtype);
  if (!options.affine) return;
  weight = ones(shape, dtype);
  bias = zeros(shape, dtype);
}

Tensor LayerNorm::operator()(const Tensor& x) const {
  check_ends_in("LayerNorm", x, normalized_shape);
  if (!options.affine)
    return layer_norm(x, ones(normalized_shape, x.dtype()), zeros(normalized_shape, x.dtype()), options.epsilon);
  check_dtype("LayerNorm", x, weight);
  return layer_norm(x, weight, bias, options.epsilon);
}

GroupNorm::GroupNorm(std::int64_t count, std::int64_t channel_count, const NormOptions& with, Dtype dtype)
    : groups(count), channels(channel_count), options(with) {
  if (groups < 1 || channels < 1 || channels % groups != 0)
    detail::fail<ShapeError>("GroupNorm: {} channels cannot be split into {} equal groups", channels, groups);
  check_options("GroupNorm", options, dtype);
  if (!options.affine) return;
  weight = ones({channels}, dtype);
  bias = zeros({channels}, dtype);
}

Tensor GroupNorm::operator()(const Tensor& x) const {
  detail::check_floating("GroupNorm", x);
  if (x.rank() < 2 || x.shape()[1] != channels)
    detail::fail<ShapeError>("GroupNorm: x must be (N, {}, …), got {}", channels, x.shape());
  if (options.affine) check_dtype("GroupNorm", x, weight);
  std::int64_t length = channels / groups;
  Shape by_channel = {channels};
  for (int axis = 2; axis < x.rank(); ++axis) {
    length *= x.shape()[axis];
    by_channel.push_back(1);
  }
  const Tensor rows = reshape(x, {x.shape()[0] * groups, length});
  const Tensor normal = layer_norm(rows, ones({length}, x.dtype()), zeros({length}, x.dtype()), options.epsilon);
  const Tensor y = reshape(normal, x.shape());
  return options.affine ? y * reshape(weight, by_channel) + reshape(bias, by_channel) : y;
}

RmsNorm::RmsNorm(const Shape& shape, const NormOptions& with, Dtype dtype) : normalized_shape(shape), options(with) {
  check_sizes("RmsNorm", shape);
  check_options("RmsNorm", options, dtype);
  if (options.affine) weight = ones(shape, dtype);
}

Tensor RmsNorm::operator()(const Tensor& x) const {
  check_ends_in("RmsNorm", x, normalized_shape);
  if (options.affine) check_dtype("RmsNorm", x, weight);
  const std::int64_t length = normalized_shape.size();
  const Tensor rows = reshape(x, {x.size() / length, length});
  const Tensor size =
      detail::root_mean_square("root_mean_square", rows, 1, true, static_cast<double>(length), options.epsilon);
  const Tensor y = reshape(rows / size, x.shape());
  return options.affine ? y * weight : y;
}

}  // namespace retrograd::nn
