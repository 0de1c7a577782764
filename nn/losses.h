// Losses, and the measure of a classifier. Those of classifiers are over rows: outputs (N, K); targets are one-hot rows
// (N, K) or class indices (N).
#pragma once
#include "../core/tensor.h"

namespace retrograd::nn {

/// 1/(2N) Σₙ ‖yₙ − tₙ‖² (eq. 2.7), of size 1.
Tensor euclidean(const Tensor& outputs, const Tensor& targets);
/// The mean of (outputs − targets)² over all elements, of size 1; both of one shape, whatever it is.
Tensor mse(const Tensor& outputs, const Tensor& targets);
/// The mean cross-entropy between the softmax of the logits and the targets, in nats (eq. 2.9–2.11), of size 1; stable
/// for logits of ±1e4 and far beyond.
Tensor softmax_cross_entropy(const Tensor& logits, const Tensor& targets);
/// The fraction of rows whose largest output stands at the target's class.
double accuracy(const Tensor& outputs, const Tensor& targets);

}  // namespace retrograd::nn
