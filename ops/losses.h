// Losses as overrides, of size 1. The two of the paper are means over a batch of rows: outputs (N, K), targets either
// one-hot rows (N, K) of the outputs' dtype or class indices (N) of int64.
#pragma once
#include "../core/tensor.h"
#include "override.h"

namespace retrograd {

namespace fused {

/// (outputs, targets) → 1/(2N) Σₙ ‖yₙ − tₙ‖² (eq. 2.7).
extern const Override euclidean;
/// (outputs, targets) of one shape and dtype → the mean of (y − t)² over all elements.
extern const Override mse;
/// (logits, targets) → −1/N Σₙ Σₖ tₙₖ ln hₙₖ with h the softmax of the logits (eq. 2.9–2.11), in nats; stable for
/// logits of ±1e4 and far beyond, as long as their differences are finite.
extern const Override softmax_cross_entropy;

}  // namespace fused
}  // namespace retrograd
