// Where to stop on a line: finds a step whose loss has decreased enough and whose slope has flattened enough (the
// strong Wolfe conditions) from losses and slopes alone. A NaN trial counts as too far. Does not depend on parameters.
// Not a public header.
#pragma once
#include <cmath>

#include "../core/base/function_ref.h"
#include "../core/tensor/tensor.h"

namespace retrograd::optim::detail {

/// The result of a trial step t along the line.
struct Trial {
  double t, loss;
  double slope;     // the derivative of the loss with respect to t
  Tensor gradient;  // with respect to the parameters, for the next iteration
  bool is_finite() const { return std::isfinite(loss) && std::isfinite(slope); }
};

/// Algorithms 3.5 and 3.6 of Nocedal and Wright, "Numerical optimization" (2006), with cubic interpolation and the
/// safeguards of PyTorch's LBFGS. Starts with a negative slope and the trial step t. If no step satisfies the
/// conditions, returns the lowest point found, possibly the start. Stops once the remaining interval changes no
/// parameter by `tolerance`; `fastest` is the largest change of a parameter per unit of t.
Trial strong_wolfe(const Trial& start, double t, double fastest, double tolerance, FunctionRef<Trial(double t)> at);

}  // namespace retrograd::optim::detail
