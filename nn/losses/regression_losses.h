// Losses of outputs that are to be near their targets: of one shape and dtype, float32 or float64 (euclidean also takes
// class indices). Functions of differences alone; what is compared as probabilities is classifier_losses.h's.
#pragma once
#include "../../core/tensor/tensor.h"
#include "reduction.h"

namespace retrograd::nn {

/// 1/(2N) Σₙ ‖yₙ − tₙ‖² (eq. 2.7) over rows (N, K), the targets one-hot rows or int64 class indices (N). The losses are
/// the rows', half the squared distance each: none gives (N).
Tensor euclidean(const Tensor& outputs, const Tensor& targets, const LossOptions& options = {});
/// The mean of (outputs − targets)² over all elements.
Tensor mse(const Tensor& outputs, const Tensor& targets, const LossOptions& options = {});
/// The mean of |outputs − targets| over all elements; the derivative at 0 is 0.
Tensor l1(const Tensor& outputs, const Tensor& targets, const LossOptions& options = {});

/// Where huber bends, and what it returns.
struct HuberOptions {
  double delta = 1;                       ///< the difference from which on the loss is straight; above 0
  Reduction reduction = Reduction::mean;  ///< what is returned of the elements' losses
};
/// The mean over all elements of d²/2 where |d| ≤ δ, else δ(|d| − δ/2), with d = outputs − targets (P. J. Huber 1964).
/// PyTorch's smooth_l1_loss is this, divided by δ. Error unless δ is finite and above 0.
Tensor huber(const Tensor& outputs, const Tensor& targets, const HuberOptions& options = {});

}  // namespace retrograd::nn
