#include "regression_losses.h"

#include <cmath>

#include "../../core/base/error.h"
#include "../../ops/elementwise/arithmetic.h"
#include "../../ops/elementwise/rounding.h"
#include "../../ops/network/losses.h"
#include "../../ops/reduction/reductions.h"

namespace retrograd::nn {

using detail::reduced;

Tensor euclidean(const Tensor& outputs, const Tensor& targets, const LossOptions& options) {
  if (options.reduction != Reduction::mean) detail::check_rows("euclidean", outputs, targets);
  if (options.reduction == Reduction::none || (options.reduction == Reduction::sum && outputs.size() == 0))
    return reduced("euclidean", sum(square(outputs - detail::target_rows(targets, outputs)), 1) / 2, options.reduction);
  const Tensor loss = overrides::euclidean(outputs, targets);
  return options.reduction == Reduction::sum ? scaled(loss, static_cast<double>(outputs.size(0))) : loss;
}

Tensor mse(const Tensor& outputs, const Tensor& targets, const LossOptions& options) {
  if (options.reduction != Reduction::mean) detail::check_pairs("mse", outputs, targets);
  if (options.reduction == Reduction::none || (options.reduction == Reduction::sum && outputs.size() == 0))
    return reduced("mse", square(outputs - targets), options.reduction);
  const Tensor loss = overrides::mse(outputs, targets);
  return options.reduction == Reduction::sum ? scaled(loss, static_cast<double>(outputs.size())) : loss;
}

Tensor l1(const Tensor& outputs, const Tensor& targets, const LossOptions& options) {
  detail::check_pairs("l1", outputs, targets);
  return reduced("l1", abs(outputs - targets), options.reduction);
}

// With c = d clamped to ±δ, both pieces are c(d − c/2).
Tensor huber(const Tensor& outputs, const Tensor& targets, const HuberOptions& options) {
  const double delta = options.delta;
  if (!(delta > 0) || !std::isfinite(delta)) detail::fail("huber: delta must be finite and above 0, got {}", delta);
  detail::check_pairs("huber", outputs, targets);
  const Tensor difference = outputs - targets, held = clip(difference, -delta, delta);
  return reduced("huber", held * (difference - held / 2), options.reduction);
}

}  // namespace retrograd::nn
