// Normalization over the batch, per channel. Stateless: the statistics of a batch are returned to the caller, and the
// layer keeps running statistics (nn/layers/batch_norm.h).
#pragma once
#include "../../core/tensor/tensor.h"
#include "../override/override.h"

namespace retrograd {

/// The statistics of a batch, per channel: constants to every tape.
struct BatchStatistics {
  /// The mean, (C).
  Tensor mean;
  /// The variance with n in the denominator, (C).
  Tensor var;
};

/// (x − μ)/√(σ² + ε)·weight + bias, with the mean μ and the variance σ² of each channel over all axes of x (N, C, …)
/// except the second; weight and bias are (C) (S. Ioffe and C. Szegedy, 2015, "Batch normalization"); float32, float64.
/// Error if ε < 0. If `statistics` is given and x has elements, it receives μ and σ².
Tensor batch_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double epsilon = 1e-5,
                  BatchStatistics* statistics = nullptr);

namespace overrides {

/// (x, weight, bias, ε) → batch_norm, with ε a float64 scalar that is not differentiated.
extern const Override batch_norm;

}  // namespace overrides
}  // namespace retrograd
