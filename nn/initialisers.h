// How parameters start: a function of their shape, the number of inputs a unit sums over, and an Rng. Weights have rank
// 2 or more, biases rank 1.
#pragma once
#include <cstdint>
#include <functional>

#include "../core/random.h"
#include "../core/tensor.h"

namespace retrograd::nn {

/// Makes a parameter of this shape and dtype; what is random in it is drawn from the Rng.
using Initialiser = std::function<Tensor(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype)>;

/// Weights and biases evenly from ±1/√fan_in: what PyTorch's layers start with, and the default here.
struct FanInUniform {
  /// The parameter; zeros where fan_in is 0.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

/// Weights from the normal distribution, biases zero; the paper's is Normal{0, 0.01}.
struct Normal {
  double mean = 0;       ///< of the weights
  double stddev = 0.01;  ///< of the weights
  /// The parameter; fan_in is not used.
  Tensor operator()(const Shape& shape, std::int64_t fan_in, Rng& rng, Dtype dtype) const;
};

}  // namespace retrograd::nn
