#include "batch_norm.h"

#include "../../core/base/error.h"
#include "../../core/compute/creation.h"
#include "../../core/tape/linear.h"
#include "../../core/tensor/format.h"
#include "../../ops/elementwise/arithmetic.h"
#include "../../ops/elementwise/in_place.h"
#include "../../ops/elementwise/powers.h"
#include "../../ops/network/batch_norm.h"
#include "../base/training.h"

namespace retrograd::nn {

namespace {

constexpr const char* name_of(int spatial) { return spatial == 1 ? "BatchNorm1d" : "BatchNorm2d"; }

// running ← (1 − share)·running + share·batch, in the storage that all copies of the layer share. A term with factor 0
// is skipped, since it may be NaN.
void move_on(const Buffer& running, const Tensor& batch, double share) {
  if (share == 0) return;
  Tensor to = running.tensor;
  copy_into(to, share == 1 ? batch : (1 - share) * running.tensor + share * batch);
}

}  // namespace

template <int kSpatial>
BatchNorm<kSpatial>::BatchNorm(std::int64_t channels, const BatchNormOptions& with, Dtype dtype)
    : options(with), channels_(channels), dtype_(dtype) {
  const char* layer = name_of(kSpatial);
  if (channels < 1) detail::fail<ShapeError>("{}: channels must be positive, got {}", layer, channels);
  if (!is_floating(dtype)) detail::fail<DtypeError>("{}: expects float32 or float64, got {}", layer, dtype);
  if (!(options.epsilon >= 0)) detail::fail("{}: epsilon cannot be negative, got {}", layer, options.epsilon);
  if (options.momentum && !(*options.momentum >= 0 && *options.momentum <= 1))
    detail::fail("{}: momentum must be between 0 and 1, got {}", layer, *options.momentum);
  if (options.affine) {
    weight = ones({channels}, dtype);
    bias = zeros({channels}, dtype);
  }
  if (!options.track_running_stats) return;
  running_mean = {zeros({channels}, dtype)};
  running_var = {ones({channels}, dtype)};
  num_batches_tracked = {zeros({}, int64)};
}

template <int kSpatial>
void BatchNorm<kSpatial>::check(const Tensor& x) const {
  const char* layer = name_of(kSpatial);
  const Dtype own = options.affine                ? weight.dtype()
                    : options.track_running_stats ? running_mean.tensor.dtype()
                                                  : dtype_;
  if (x.dtype() != own)
    detail::fail<DtypeError>("{}: x must be {}, got {}; convert with astype", layer, own, x.dtype());
  const bool has_rank = kSpatial == 1 ? x.rank() == 2 || x.rank() == 3 : x.rank() == kSpatial + 2;
  if (!has_rank || x.shape()[1] != channels_)
    detail::fail<ShapeError>(
        "{}: x must be {}, got {}", layer,
        kSpatial == 1 ? fmt::format("(N, {0}) or (N, {0}, L)", channels_) : fmt::format("(N, {}, H, W)", channels_),
        x.shape());
}

template <int kSpatial>
Tensor BatchNorm<kSpatial>::operator()(const Tensor& x) const {
  check(x);
  return training() || !options.track_running_stats ? by_batch(x) : by_running_statistics(x);
}

template <int kSpatial>
Tensor BatchNorm<kSpatial>::by_batch(const Tensor& x) const {
  const std::int64_t n = x.size() / channels_;
  if (n == 1)
    detail::fail<ShapeError>("{}: batch statistics need more than one value per channel, got x {}", name_of(kSpatial),
                             x.shape());
  const Tensor scale = options.affine ? weight : ones({channels_}, x.dtype()),
               shift = options.affine ? bias : zeros({channels_}, x.dtype());
  if (!options.track_running_stats || !updates_statistics()) return batch_norm(x, scale, shift, options.epsilon);
  BatchStatistics batch;
  Tensor y = batch_norm(x, scale, shift, options.epsilon, &batch);
  Tensor batches = num_batches_tracked.tensor;
  batches += 1;
  if (n == 0) return y;
  const double share = options.momentum ? *options.momentum : 1 / batches.item<double>();
  move_on(running_mean, batch.mean, share);
  move_on(running_var, batch.var * (static_cast<double>(n) / static_cast<double>(n - 1)), share);
  return y;
}

// Subtracts μ first: in the form a·x + b, the rounding errors of both terms would be divided by a possibly small
// deviation. The tape saves the difference and the scale but not the running statistics, so that a training call under
// the same tape may still update them.
template <int kSpatial>
Tensor BatchNorm<kSpatial>::by_running_statistics(const Tensor& x) const {
  Shape by_channel = {channels_};
  for (int axis = 2; axis < x.rank(); ++axis) by_channel.push_back(1);
  Tensor scale = 1 / sqrt(running_var.tensor + options.epsilon);
  if (options.affine) scale = scale * weight;
  const Tensor mean = detail::copy_values(running_mean.tensor);
  const Tensor y = (x - reshape(mean, by_channel)) * reshape(scale, by_channel);
  return options.affine ? y + reshape(bias, by_channel) : y;
}

template struct BatchNorm<1>;
template struct BatchNorm<2>;

}  // namespace retrograd::nn
