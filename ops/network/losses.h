// Losses as overrides, of size 1. The two of the paper are means over a batch of rows: outputs (N, K), targets either
// one-hot rows (N, K) of the outputs' dtype or class indices (N) of int64.
#pragma once
#include <cstdint>
#include <optional>

#include "../../core/tensor/tensor.h"
#include "../override/override.h"

namespace retrograd {

namespace overrides {

/// (outputs, targets) → 1/(2N) Σₙ ‖yₙ − tₙ‖² (eq. 2.7).
extern const Override euclidean;
/// (outputs, targets) of one shape and dtype → the mean of (y − t)² over all elements.
extern const Override mse;
/// (logits, targets) → −1/N Σₙ Σₖ tₙₖ ln hₙₖ with h the softmax of the logits (eq. 2.9–2.11), in nats; stable for
/// logits of ±1e4 and far beyond, as long as their differences are finite.
extern const Override softmax_cross_entropy;

}  // namespace overrides

namespace detail {
/// What losses of classifiers take: outputs (N, K), floating, with a class at least, and targets that are one-hot rows
/// of that shape and dtype or class indices (N), each within 0 … K-1 or the one that is ignored. ShapeError or
/// DtypeError names `op` otherwise.
void check_rows(const char* op, const Tensor& outputs, const Tensor& targets,
                std::optional<std::int64_t> ignored = std::nullopt);
/// Outputs and targets of one floating dtype and one shape, likewise.
void check_pairs(const char* op, const Tensor& outputs, const Tensor& targets);
/// ShapeError where outputs are empty, so that there is no mean of their losses.
void check_mean(const char* op, const Tensor& outputs);
/// Targets as rows of the shape and dtype of `like`: class indices become one-hot.
Tensor target_rows(const Tensor& targets, const Tensor& like);
/// Each class's share of the target times its log-probability; −∞ (a masked logit) costs nothing where the target has
/// no share in it.
Tensor shared_logs(const Tensor& shares, const Tensor& logs);
}  // namespace detail
}  // namespace retrograd
