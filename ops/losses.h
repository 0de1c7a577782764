// The two losses of the paper as overrides, over rows: outputs (N, K), targets either one-hot rows (N, K) of the
// outputs' dtype or class indices (N) of int64. Both are means over the batch, of size 1.
#pragma once
#include "../core/tensor.h"
#include "override.h"

namespace retrograd {

/// 1/(2N) Σₙ ‖yₙ − tₙ‖² (eq. 2.7).
Tensor euclidean_loss(const Tensor& y, const Tensor& targets);
/// −1/N Σₙ Σₖ tₙₖ ln hₙₖ with h the softmax of the logits (eq. 2.9–2.11), in nats; stable for logits of any finite
/// size.
Tensor softmax_cross_entropy_loss(const Tensor& logits, const Tensor& targets);

namespace fused {
extern const Override euclidean, softmax_cross_entropy;
}
}  // namespace retrograd
