// Initial values of parameters: functions of the shape, the number of inputs of a unit (fan-in), and an Rng. Weights
// (out, in, k…) have rank 2 or more, biases rank 1; biases start at zero unless an initializer says otherwise. The
// number of outputs of a unit (fan-out), where needed, is computed from the weight's shape as out · k…, as PyTorch
// does.
#pragma once
#include <cstdint>
#include <functional>

#include "../../core/base/random.h"
#include "../../core/tensor/tensor.h"
#include "activation.h"

namespace retrograd::nn {

/// Returns a parameter of this shape and dtype, drawing random values from the Rng. Any function of this signature
/// works, including a lambda.
using Initializer = std::function<Tensor(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype)>;

/// Weights and biases uniform in ±1/√fan_in: the default, here and in PyTorch's layers.
struct FanInUniform {
  /// Returns the parameter, here and below; zeros where fan_in is 0.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

/// Weights and biases of one value.
struct Constant {
  double value = 0;  ///< of each element
  /// Draws nothing.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

/// Weights uniform in [low, high).
struct Uniform {
  double low = 0;   ///< the lower bound, inclusive
  double high = 1;  ///< the upper bound, exclusive
  /// Error unless low ≤ high.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

/// Weights from the normal distribution; the paper's is Normal{0, 0.01}.
struct Normal {
  double mean = 0;       ///< of the distribution
  double stddev = 0.01;  ///< of the distribution
  /// Error where the standard deviation is negative.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

/// Weights from the normal distribution, redrawn until they are within mean + [low, high] · stddev. (PyTorch's
/// trunc_normal_ expects the absolute bounds instead.)
struct TruncatedNormal {
  double mean = 0;       ///< of the distribution before truncation
  double stddev = 0.01;  ///< of the distribution before truncation
  double low = -2;       ///< the lower bound, in standard deviations from the mean
  double high = 2;       ///< the upper bound, likewise
  /// Error where the bounds keep less than 1% of the distribution, or the standard deviation is negative.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

/// Weights uniform in ±gain·√(6/(fan_in + fan_out)) (X. Glorot, Y. Bengio 2010).
struct XavierUniform {
  double gain = 1;  ///< scales all weights, not negative; see calculate_gain
  /// Error where the gain is negative.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

/// Weights from the normal distribution with standard deviation gain·√(2/(fan_in + fan_out)) (the same paper).
struct XavierNormal {
  double gain = 1;  ///< scales all weights, not negative; see calculate_gain
  /// Error where the gain is negative.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

/// The fan that scales a weight: fan-in preserves the variance of the values in the forward pass, fan-out that of the
/// gradients in the backward pass.
enum class Fan {
  in,  ///< the number of inputs of a unit
  out  ///< the number of outputs of a unit
};

/// Weights uniform in ±gain·√(3/fan) (K. He et al. 2015).
struct KaimingUniform {
  Fan mode = Fan::in;                              ///< which fan
  double gain = calculate_gain(Activation::relu);  ///< scales all weights, not negative; see calculate_gain
  /// Error where the gain is negative.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

/// Weights from the normal distribution with standard deviation gain/√fan (the same paper).
struct KaimingNormal {
  Fan mode = Fan::in;                              ///< which fan
  double gain = calculate_gain(Activation::relu);  ///< scales all weights, not negative; see calculate_gain
  /// Error where the gain is negative.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

/// Weights that, as a matrix (out, in · k…), have orthonormal rows, or columns if there are fewer columns than rows,
/// times the gain; drawn uniformly from all such matrices (A. M. Saxe et al. 2013; F. Mezzadri 2007), in float64.
struct Orthogonal {
  double gain = 1;  ///< scales all weights, not negative; see calculate_gain
  /// Error where the gain is negative.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

}  // namespace retrograd::nn
