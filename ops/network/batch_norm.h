// Normalization over the batch, channel by channel. Keeps no statistics: those of a batch are returned to the
// caller, and running statistics are kept by the layer (nn/layers/batch_norm.h).
#pragma once
#include "../../core/tensor/tensor.h"
#include "../override/override.h"

namespace retrograd {

/// What a batch is like, channel by channel: constants to every tape.
struct BatchStatistics {
  /// The mean, (C).
  Tensor mean;
  /// The variance with n in the denominator, (C).
  Tensor var;
};

/// (x − μ)/√(σ² + ε)·weight + bias, with the mean μ and the variance σ² of each channel taken over all axes of x
/// (N, C, …) but the second; weight and bias (C) (S. Ioffe and C. Szegedy, 2015, "Batch normalization"); float32,
/// float64. Error where ε < 0. Where `statistics` is given and x has elements, it receives μ and σ².
Tensor batch_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double epsilon = 1e-5,
                  BatchStatistics* statistics = nullptr);

namespace overrides {

/// (x, weight, bias, ε) → batch_norm, with ε a float64 scalar that is never differentiated.
extern const Override batch_norm;

}  // namespace overrides
}  // namespace retrograd
