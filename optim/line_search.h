// Where to stop on a line: a step whose loss has fallen enough and whose slope has flattened enough (the strong Wolfe
// conditions), found from losses and slopes alone. A trial that is no number counts as too far. Knows no parameters.
// Not a room of its own: lbfgs.h is.
#pragma once
#include <cmath>

#include "../core/base/function_ref.h"
#include "../core/tensor/tensor.h"

namespace retrograd::optim::detail {

/// What was found at a step t along the line.
struct Trial {
  double t, loss;
  double slope;     // the derivative of the loss with respect to t
  Tensor gradient;  // with respect to the parameters, for whoever goes on from here
  bool is_finite() const { return std::isfinite(loss) && std::isfinite(slope); }
};

/// Algorithms 3.5 and 3.6 of Nocedal and Wright, "Numerical optimization" (2006), with cubic interpolation and the
/// safeguards of PyTorch's LBFGS: from a start with a negative slope, the first step tried being t. Where no step
/// satisfies the conditions, the lowest that was found, which may be the start. The search ends where the steps left
/// change no parameter by `tolerance`; `fastest` is how fast the fastest moves along the line.
Trial strong_wolfe(const Trial& start, double t, double fastest, double tolerance, FunctionRef<Trial(double t)> at);

}  // namespace retrograd::optim::detail
