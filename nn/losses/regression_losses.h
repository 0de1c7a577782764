// Losses of outputs that should be near their targets, of the same shape and dtype, float32 or float64 (euclidean also
// accepts class indices). They depend on differences only; for probabilities see classifier_losses.h.
#pragma once
#include "../../core/tensor/tensor.h"
#include "reduction.h"

namespace retrograd::nn {

/// 1/(2N) Σₙ ‖yₙ − tₙ‖² (eq. 2.7) over rows (N, K); the targets are one-hot rows or int64 class indices (N). There is
/// one loss per row, half the squared distance: Reduction::none returns (N).
Tensor euclidean(const Tensor& outputs, const Tensor& targets, const LossOptions& options = {});
/// The mean of (outputs − targets)² over all elements.
Tensor mse(const Tensor& outputs, const Tensor& targets, const LossOptions& options = {});
/// The mean of |outputs − targets| over all elements; the derivative at 0 is 0.
Tensor l1(const Tensor& outputs, const Tensor& targets, const LossOptions& options = {});

/// The options of huber.
struct HuberOptions {
  double delta = 1;                       ///< where the loss changes from quadratic to linear; positive
  Reduction reduction = Reduction::mean;  ///< how the elements' losses are reduced
};
/// The mean over all elements of d²/2 where |d| ≤ δ, else δ(|d| − δ/2), with d = outputs − targets (P. J. Huber 1964).
/// PyTorch's smooth_l1_loss is this, divided by δ. Error unless δ is finite and positive.
Tensor huber(const Tensor& outputs, const Tensor& targets, const HuberOptions& options = {});

}  // namespace retrograd::nn
