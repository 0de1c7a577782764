// Limited-memory BFGS for smooth losses over the whole data: each step searches along a line, using the curvature
// observed in the last steps. A function rather than an update rule, since it evaluates the loss any number of times.
// The model always holds the best point reached, even if f throws.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "../core/base/function_ref.h"
#include "../core/tape/tape.h"
#include "../core/tensor/fields.h"
#include "missing.h"

namespace retrograd::optim {

/// The settings of L-BFGS.
struct Lbfgs {
  std::int64_t max_iterations = 100;   ///< the maximum number of lines searched
  std::int64_t max_evaluations = 125;  ///< no new line is started after this many calls of the function
  std::size_t history = 10;            ///< how many of the last steps the curvature is estimated from; 0: none
  double tolerance_gradient = 1e-7;    ///< stops where no element of the gradient is larger
  double tolerance_change = 1e-9;      ///< stops where a step changes no parameter, or the loss, by more
  Missing missing =
      Missing::error;  ///< what to do with a parameter that f does not depend on; unless error, it is unchanged
};

/// Why a minimization ended.
enum class LbfgsStatus {
  gradient,     ///< the gradient is within tolerance_gradient of zero
  change,       ///< a step changed less than tolerance_change
  iterations,   ///< max_iterations was reached
  evaluations,  ///< max_evaluations was reached
  line_search,  ///< no lower loss was found along the last line
  not_finite,   ///< the loss or its gradient is NaN or infinite: at the start, or at every trial of the last line
};
/// "gradient" and so on.
std::string_view name(LbfgsStatus status);

/// The result of a minimization.
struct LbfgsResult {
  double loss;               ///< the model's final loss
  std::int64_t iterations;   ///< the number of lines searched
  std::int64_t evaluations;  ///< the number of calls of the function
  LbfgsStatus status;        ///< why it ended
};

namespace detail {
using Evaluate = FunctionRef<std::pair<Tensor, Gradients>()>;
LbfgsResult minimize(std::span<const Parameter> parameters, Evaluate evaluate, const Lbfgs& settings);
}  // namespace detail

/// Minimizes f(model), a tensor of size 1, over the model's parameters (Nocedal and Wright, "Numerical optimization",
/// 2006, algorithm 7.5, with the two-loop recursion 7.4, a line search for the strong Wolfe conditions, and the
/// scaling, safeguards and stopping criteria of PyTorch's LBFGS; computed in float64 whatever the parameters' dtype).
/// Error where a setting is invalid; TapeError, naming the parameter, where an open tape tracks one, or f does not
/// depend on one (unless `missing` says otherwise); ShapeError where f's value is not of size 1. The model is then
/// unchanged. If f throws later, the model holds the best point so far.
template <class F, HasFields Model>
LbfgsResult minimize(F&& f, Model& model, const Lbfgs& settings = {}) {
  static_assert(!std::is_const_v<Model>, "minimize writes the model's parameters: the model must not be const");
  return detail::minimize(
      parameters(model),
      [&] {
        Tape tape;
        tape.watch(model);
        const Tensor loss = f(std::as_const(model));
        return std::pair{loss, tape.gradients(loss)};
      },
      settings);
}

}  // namespace retrograd::optim
