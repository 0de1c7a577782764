// How parameters start: a function of their shape, the number of inputs a unit sums over, and an Rng. Weights (out, in,
// k…) have rank 2 or more, biases rank 1: those start at zero where an initializer does not say otherwise. A unit's
// number of outputs, where one is asked for, is what the weight's shape says: out · k…, as PyTorch counts.
#pragma once
#include <cstdint>
#include <functional>

#include "../../core/base/random.h"
#include "../../core/tensor/tensor.h"
#include "activation.h"

namespace retrograd::nn {

/// Makes a parameter of this shape and dtype; what is random in it is drawn from the Rng. Any function like this one
/// serves, so also a lambda.
using Initializer = std::function<Tensor(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype)>;

/// Weights and biases evenly from ±1/√fan_in: what PyTorch's layers start with, and the default here.
struct FanInUniform {
  /// The parameter, here and below; zeros where fan_in is 0.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

/// Weights and biases of one value.
struct Constant {
  double value = 0;  ///< of each element
  /// Draws nothing.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

/// Weights evenly from [low, high).
struct Uniform {
  double low = 0;   ///< the least value
  double high = 1;  ///< what all values are below
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

/// Weights from the normal distribution, drawn again where they are not within mean + [low, high] · stddev. (PyTorch's
/// trunc_normal_ takes the bounds themselves.)
struct TruncatedNormal {
  double mean = 0;       ///< of the distribution before it is cut
  double stddev = 0.01;  ///< of the distribution before it is cut
  double low = -2;       ///< the lower bound, in standard deviations from the mean
  double high = 2;       ///< the upper bound, likewise
  /// Error where the bounds leave less than a hundredth of the distribution, or the standard deviation is negative.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

/// Weights evenly from ±gain·√(6/(fan_in + fan_out)) (X. Glorot, Y. Bengio 2010).
struct XavierUniform {
  double gain = 1;  ///< a factor on all weights, not negative; see calculate_gain
  /// Error where the gain is negative.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

/// Weights from the normal distribution with standard deviation gain·√(2/(fan_in + fan_out)), likewise.
struct XavierNormal {
  double gain = 1;  ///< a factor on all weights, not negative; see calculate_gain
  /// Error where the gain is negative.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

/// Which of a weight's two numbers keeps its variance: that of the values on the way in, or of the gradients on the way
/// back.
enum class Fan {
  in,  ///< the number of inputs of a unit
  out  ///< the number of outputs of a unit
};

/// Weights evenly from ±gain·√(3/fan) (K. He et al. 2015).
struct KaimingUniform {
  Fan mode = Fan::in;                              ///< which fan
  double gain = calculate_gain(Activation::relu);  ///< a factor on all weights, not negative; see calculate_gain
  /// Error where the gain is negative.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

/// Weights from the normal distribution with standard deviation gain/√fan, likewise.
struct KaimingNormal {
  Fan mode = Fan::in;                              ///< which fan
  double gain = calculate_gain(Activation::relu);  ///< a factor on all weights, not negative; see calculate_gain
  /// Error where the gain is negative.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

/// Weights as a matrix (out, in · k…) whose rows, or columns where those are fewer, are orthonormal, times the gain;
/// drawn evenly from all such matrices (A. M. Saxe et al. 2013; F. Mezzadri 2007), in float64.
struct Orthogonal {
  double gain = 1;  ///< a factor on all weights, not negative; see calculate_gain
  /// Error where the gain is negative.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

}  // namespace retrograd::nn
