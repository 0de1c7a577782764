// How optimizers handle parameters without a gradient. Depends on nothing.
#pragma once

namespace retrograd::optim {

/// What a step does with a parameter that has no gradient because the loss does not depend on it or it was not watched.
enum class Missing {
  error,  ///< throws
  skip,   ///< leaves the parameter and its state unchanged, as PyTorch does where `grad` is None
  zero,   ///< treats its gradient as zeros: weight decay and momentum still apply
};

}  // namespace retrograd::optim
