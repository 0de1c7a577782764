// Losses of outputs that stand for probabilities or classes, float32 or float64. Classes are rows (N, K) with one loss
// a row; what has many labels at once or only two is one loss an element. Reshape what has more axes. Options are set
// by name: softmax_cross_entropy(logits, targets, {.label_smoothing = 0.1}). Conventions are PyTorch's where not said
// otherwise.
#pragma once
#include <cstdint>
#include <optional>

#include "../../core/tensor/tensor.h"
#include "reduction.h"

namespace retrograd::nn {

/// What softmax_cross_entropy does besides.
struct CrossEntropyOptions {
  double label_smoothing = 0;  ///< ε in 0 … 1: targets become (1 − ε)·target + ε/K
  Tensor weight = {};          ///< (K), of the logits' dtype: what a loss of each class counts; none where empty
  std::optional<std::int64_t> ignore_index = {};  ///< rows with this class index have no part in loss or gradient
  Reduction reduction = Reduction::mean;          ///< what is returned of the rows' losses
};
/// The mean cross-entropy between the softmax of the logits (N, K) and the targets, one-hot or probability rows (N, K)
/// or int64 class indices (N), in nats (eq. 2.9–2.11); stable for logits of ±1e4 and far beyond. The loss of a row is
/// −Σₖ wₖ tₖ ln hₖ. With class indices the mean divides by the sum of the weights of the targets; with rows by N. Error
/// where all targets are ignored or have weight 0, so that there is no mean (PyTorch's is NaN; the sum is 0).
Tensor softmax_cross_entropy(const Tensor& logits, const Tensor& targets, const CrossEntropyOptions& options = {});

/// What nll does besides.
struct NllOptions {
  Tensor weight = {};  ///< (K), of the outputs' dtype: what a loss of each class counts; none where empty
  std::optional<std::int64_t> ignore_index = {};  ///< rows with this class index have no part in loss or gradient
  Reduction reduction = Reduction::mean;          ///< what is returned of the rows' losses
};
/// The negative log-likelihood of int64 class indices (N) under log-probabilities (N, K), as log_softmax gives them.
/// The mean divides by the sum of the weights of the targets; Error where that is 0, as for softmax_cross_entropy.
Tensor nll(const Tensor& log_probabilities, const Tensor& targets, const NllOptions& options = {});

/// What bce_with_logits does besides.
struct BceOptions {
  Tensor weight = {};      ///< broadcasts to the logits: what each loss counts; none where empty
  Tensor pos_weight = {};  ///< broadcasts to the logits: what a positive target counts besides; none where empty
  Reduction reduction =
      Reduction::mean;  ///< what is returned of the elements' losses; the mean divides by their number
};
/// The mean over all elements of −w·(p·t·ln σ(x) + (1 − t)·ln σ(−x)) for logits x and targets t in 0 … 1 of one shape
/// and dtype: the binary cross-entropy of sigmoid(x), in nats; exact for logits of ±1e4 and far beyond, with all
/// derivatives. Error where a target is outside 0 … 1.
Tensor bce_with_logits(const Tensor& logits, const Tensor& targets, const BceOptions& options = {});

/// The mean over all elements of max(0, 1 − t·y) for outputs y and targets t of −1 or 1, of one shape and dtype: the
/// binary hinge loss of support vector machines. The derivative at the margin is 0. Error where a target is neither.
Tensor hinge(const Tensor& outputs, const Tensor& targets, const LossOptions& options = {});

/// The mean over rows of Σₖ tₖ(ln tₖ − xₖ) for log-probabilities x and probabilities t of one shape (N, K): the
/// Kullback-Leibler divergence of the targets from exp(x), in nats. This is PyTorch's "batchmean"; its "mean" is K
/// times less, and its "none" is this one's before the sum over k. Where t is 0 the term and its derivatives are 0.
/// Error where a target is negative.
Tensor kl_div(const Tensor& log_probabilities, const Tensor& targets, const LossOptions& options = {});

}  // namespace retrograd::nn
