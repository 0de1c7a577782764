// Losses as overrides, with results of size 1. The two losses of the paper are means over a batch of rows: outputs (N,
// K), targets either one-hot rows (N, K) with the dtype of the outputs or class indices (N), int64.
#pragma once
#include <cstdint>
#include <optional>

#include "../../core/tensor/tensor.h"
#include "../override/override.h"

namespace retrograd {

namespace overrides {

/// (outputs, targets) → 1/(2N) Σₙ ‖yₙ − tₙ‖² (eq. 2.7).
extern const Override euclidean;
/// (outputs, targets) of the same shape and dtype → the mean of (y − t)² over all elements.
extern const Override mse;
/// (logits, targets) → −1/N Σₙ Σₖ tₙₖ ln hₙₖ with h the softmax of the logits (eq. 2.9–2.11), in nats; stable for
/// logits of ±1e4 and far beyond, as long as their differences are finite.
extern const Override softmax_cross_entropy;

}  // namespace overrides

namespace detail {
/// Checks the arguments of a classification loss: outputs (N, K), floating-point, with at least one class, and targets
/// that are one-hot rows of that shape and dtype or class indices (N), each in 0 … K-1 or equal to `ignored`. Otherwise
/// ShapeError or DtypeError naming `op`.
void check_rows(const char* op, const Tensor& outputs, const Tensor& targets,
                std::optional<std::int64_t> ignored = std::nullopt);
/// Checks that outputs and targets have the same floating-point dtype and the same shape, likewise.
void check_pairs(const char* op, const Tensor& outputs, const Tensor& targets);
/// ShapeError if outputs are empty, so that their losses have no mean.
void check_mean(const char* op, const Tensor& outputs);
/// Targets as rows with the shape and dtype of `like`: class indices become one-hot.
Tensor target_rows(const Tensor& targets, const Tensor& like);
/// The probability of each class in the target times its log-probability; −∞ (a masked logit) contributes 0 where the
/// probability is 0.
Tensor shared_logs(const Tensor& shares, const Tensor& logs);
}  // namespace detail
}  // namespace retrograd
