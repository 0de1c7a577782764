#include "initializers.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "../../core/base/error.h"
#include "../../core/blas/lapack.h"
#include "../../core/compute/creation.h"
#include "../../ops/elementwise/convert.h"
#include "../../ops/shape/views.h"

namespace retrograd::nn {

namespace {

bool is_bias(const Shape& shape) { return shape.rank() < 2; }

std::int64_t fan_out_of(const Shape& weight) {
  std::int64_t fan = weight[0];
  for (int axis = 2; axis < weight.rank(); ++axis) fan *= weight[axis];
  return fan;
}

// variance/fan, or 0 for an empty weight
double share(double variance, std::int64_t fan) { return fan > 0 ? variance / static_cast<double>(fan) : 0; }

void check_gain(const char* name, double gain) {
  if (!(gain >= 0) || !std::isfinite(gain))
    detail::fail("{}: the gain must be finite and not negative, got {}", name, gain);
}

// Common to Xavier's and Kaiming's initializers: uniform weights of mean 0 and the given variance.
Tensor evenly(const Shape& shape, double variance, Rng& rng, Dtype dtype) {
  const double bound = std::sqrt(3 * variance);
  return uniform(shape, -bound, bound, rng, dtype);
}
Tensor normally(const Shape& shape, double variance, Rng& rng, Dtype dtype) {
  return normal(shape, 0, std::sqrt(variance), rng, dtype);
}

double xavier_variance(const char* name, double gain, const Shape& shape, std::int64_t fan_in) {
  check_gain(name, gain);
  return is_bias(shape) ? 0 : share(2 * gain * gain, fan_in + fan_out_of(shape));
}
double kaiming_variance(const char* name, double gain, Fan mode, const Shape& shape, std::int64_t fan_in) {
  check_gain(name, gain);
  return is_bias(shape) ? 0 : share(gain * gain, mode == Fan::in ? fan_in : fan_out_of(shape));
}

}  // namespace

Tensor FanInUniform::operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const {
  const double bound = fan_in > 0 ? 1 / std::sqrt(static_cast<double>(fan_in)) : 0;
  return uniform(shape, -bound, bound, rng, dtype);
}

Tensor Constant::operator()(const Shape& shape, std::int64_t, Rng&, Dtype dtype) const {
  return full(shape, value, dtype);
}

Tensor Uniform::operator()(const Shape& shape, std::int64_t, Rng& rng, Dtype dtype) const {
  return is_bias(shape) ? zeros(shape, dtype) : uniform(shape, low, high, rng, dtype);
}

Tensor Normal::operator()(const Shape& shape, std::int64_t, Rng& rng, Dtype dtype) const {
  return is_bias(shape) ? zeros(shape, dtype) : normal(shape, mean, stddev, rng, dtype);
}

Tensor TruncatedNormal::operator()(const Shape& shape, std::int64_t, Rng& rng, Dtype dtype) const {
  if (!(stddev >= 0) || !std::isfinite(stddev))
    detail::fail("TruncatedNormal: the standard deviation must be finite and not negative, got {}", stddev);
  const double inside = (std::erfc(low / std::numbers::sqrt2) - std::erfc(high / std::numbers::sqrt2)) / 2;
  if (!(inside >= 0.01))
    detail::fail(
        "TruncatedNormal: the interval from {} to {} standard deviations holds less than 1% of the distribution", low,
        high);
  if (is_bias(shape)) return zeros(shape, dtype);
  std::vector<double> values(static_cast<std::size_t>(shape.size()));
  for (double& value : values) {
    double z = rng.normal();
    while (z < low || z > high) z = rng.normal();
    value = mean + stddev * z;
  }
  return tensor(values, shape, dtype);
}

Tensor XavierUniform::operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const {
  const double variance = xavier_variance("XavierUniform", gain, shape, fan_in);
  return is_bias(shape) ? zeros(shape, dtype) : evenly(shape, variance, rng, dtype);
}

Tensor XavierNormal::operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const {
  const double variance = xavier_variance("XavierNormal", gain, shape, fan_in);
  return is_bias(shape) ? zeros(shape, dtype) : normally(shape, variance, rng, dtype);
}

Tensor KaimingUniform::operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const {
  const double variance = kaiming_variance("KaimingUniform", gain, mode, shape, fan_in);
  return is_bias(shape) ? zeros(shape, dtype) : evenly(shape, variance, rng, dtype);
}

Tensor KaimingNormal::operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const {
  const double variance = kaiming_variance("KaimingNormal", gain, mode, shape, fan_in);
  return is_bias(shape) ? zeros(shape, dtype) : normally(shape, variance, rng, dtype);
}

// The Q of a normal matrix is uniformly distributed over the orthogonal matrices if the diagonal of R is positive.
Tensor Orthogonal::operator()(const Shape& shape, std::int64_t, Rng& rng, Dtype dtype) const {
  check_gain("Orthogonal", gain);
  if (!is_floating(dtype))
    detail::fail<DtypeError>("Orthogonal: the dtype must be float32 or float64, got {}", name(dtype));
  if (is_bias(shape) || shape.size() == 0) return zeros(shape, dtype);
  const std::int64_t out = shape[0], in = shape.size() / out, fewer = std::min(out, in), more = std::max(out, in);
  std::vector<double> values(static_cast<std::size_t>(out * in));
  for (double& value : values) value = rng.normal();
  detail::orthonormal_rows(fewer, more, values.data());
  for (double& value : values) value *= gain;
  const Tensor rows = tensor(values, {fewer, more}, float64);
  return reshape(astype(out <= in ? rows : transpose(rows), dtype), shape);
}

}  // namespace retrograd::nn
