// Losses of outputs that represent probabilities or classes, float32 or float64. Losses over K classes take rows (N, K)
// and have one loss per row; binary and multi-label losses have one loss per element. Reshape tensors with more axes.
// Options are set by name: softmax_cross_entropy(logits, targets, {.label_smoothing = 0.1}). Conventions are PyTorch's
// unless stated otherwise.
#pragma once
#include <cstdint>
#include <optional>

#include "../../core/tensor/tensor.h"
#include "reduction.h"

namespace retrograd::nn {

/// The options of softmax_cross_entropy.
struct CrossEntropyOptions {
  double label_smoothing = 0;  ///< ε in 0 … 1: targets become (1 − ε)·target + ε/K
  Tensor weight = {};          ///< (K), of the logits' dtype: scales the loss of each class; empty means none
  std::optional<std::int64_t> ignore_index = {};  ///< rows with this class index do not contribute to loss or gradient
  Reduction reduction = Reduction::mean;          ///< how the rows' losses are reduced
};
/// The mean cross-entropy between the softmax of the logits (N, K) and the targets, one-hot or probability rows (N, K)
/// or int64 class indices (N), in nats (eq. 2.9–2.11); stable for logits of ±1e4 and far beyond. The loss of a row is
/// −Σₖ wₖ tₖ ln hₖ. With class indices the mean divides by the sum of the targets' weights, with rows by N. Error where
/// all targets are ignored or have weight 0, so that the mean is undefined (PyTorch returns NaN; the sum is 0).
Tensor softmax_cross_entropy(const Tensor& logits, const Tensor& targets, const CrossEntropyOptions& options = {});

/// The options of nll.
struct NllOptions {
  Tensor weight = {};  ///< (K), of the outputs' dtype: scales the loss of each class; empty means none
  std::optional<std::int64_t> ignore_index = {};  ///< rows with this class index do not contribute to loss or gradient
  Reduction reduction = Reduction::mean;          ///< how the rows' losses are reduced
};
/// The negative log-likelihood of int64 class indices (N) under log-probabilities (N, K), such as log_softmax returns.
/// The mean divides by the sum of the targets' weights; Error where that is 0, as for softmax_cross_entropy.
Tensor nll(const Tensor& log_probabilities, const Tensor& targets, const NllOptions& options = {});

/// The options of bce_with_logits.
struct BceOptions {
  Tensor weight = {};      ///< broadcasts to the logits: scales each loss; empty means none
  Tensor pos_weight = {};  ///< broadcasts to the logits: scales the loss of positive targets; empty means none
  Reduction reduction = Reduction::mean;  ///< how the elements' losses are reduced; the mean divides by their number
};
/// The mean over all elements of −w·(p·t·ln σ(x) + (1 − t)·ln σ(−x)) for logits x and targets t in 0 … 1 of the same
/// shape and dtype: the binary cross-entropy of sigmoid(x), in nats; accurate for logits of ±1e4 and far beyond,
/// including all derivatives. Error where a target is outside 0 … 1.
Tensor bce_with_logits(const Tensor& logits, const Tensor& targets, const BceOptions& options = {});

/// The mean over all elements of max(0, 1 − t·y) for outputs y and targets t of −1 or 1, of the same shape and dtype:
/// the binary hinge loss of support vector machines. The derivative at the margin is 0. Error where a target is neither
/// −1 nor 1.
Tensor hinge(const Tensor& outputs, const Tensor& targets, const LossOptions& options = {});

/// The mean over rows of Σₖ tₖ(ln tₖ − xₖ) for log-probabilities x and probabilities t of the same shape (N, K): the
/// Kullback-Leibler divergence of the targets from exp(x), in nats. This is PyTorch's "batchmean"; its "mean" is
/// smaller by a factor of K, and its "none" is not summed over k. Where t is 0, the term and its derivatives are 0.
/// Error where a target is negative.
Tensor kl_div(const Tensor& log_probabilities, const Tensor& targets, const LossOptions& options = {});

}  // namespace retrograd::nn
