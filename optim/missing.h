// What optimizers do about parameters that have no gradient. Knows nothing else.
#pragma once

namespace retrograd::optim {

/// What a step does with a parameter without a gradient: one that the loss does not depend on, or that was not watched.
enum class Missing {
  error,  ///< refuses the step
  skip,   ///< leaves the parameter and what is kept for it as they are, as PyTorch does where `grad` is None
  zero,   ///< takes its gradient for zeros: weight decay and momentum go on
};

}  // namespace retrograd::optim
