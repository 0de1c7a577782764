#include "initialisers.h"

#include <cmath>

#include "../core/creation.h"

namespace retrograd::nn {

Tensor FanInUniform::operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const {
  const double bound = fan_in > 0 ? 1 / std::sqrt(static_cast<double>(fan_in)) : 0;
  return uniform(shape, -bound, bound, rng, dtype);
}

Tensor Normal::operator()(const Shape& shape, std::int64_t, Rng& rng, Dtype dtype) const {
  return shape.rank() < 2 ? zeros(shape, dtype) : normal(shape, mean, stddev, rng, dtype);
}

}  // namespace retrograd::nn
