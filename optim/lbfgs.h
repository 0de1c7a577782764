// Limited-memory BFGS: for smooth losses of all the data at once, where each step searches along a line with the
// curvature learned from the last ones. A function rather than an update rule, since it asks for the loss as often as
// it likes. The model always holds the best point that was reached, also where f throws.
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
  std::int64_t max_iterations = 100;   ///< how many lines to search along at most
  std::int64_t max_evaluations = 125;  ///< no new line is begun after so many calls of the function
  std::size_t history = 10;            ///< from how many of the last steps the curvature is learned; 0: none
  double tolerance_gradient = 1e-7;    ///< ends where no element of the gradient is larger
  double tolerance_change = 1e-9;      ///< ends where a step changes no parameter, or not the loss, by more
  Missing missing = Missing::error;    ///< about a parameter that f does not depend on; otherwise it stays as it is
};

/// Why a minimization ended.
enum class LbfgsStatus {
  gradient,     ///< the gradient is as good as zero
  change,       ///< a step changed next to nothing
  iterations,   ///< max_iterations were made
  evaluations,  ///< max_evaluations were made
  line_search,  ///< no lower loss was found along the last line
  not_finite,  ///< the loss or its gradient is NaN or infinite: at the start, or at all that was tried on the last line
};
/// "gradient" and so on.
std::string_view name(LbfgsStatus status);

/// What a minimization came to.
struct LbfgsResult {
  double loss;               ///< of the model as it is now
  std::int64_t iterations;   ///< lines searched along
  std::int64_t evaluations;  ///< calls of the function
  LbfgsStatus status;          ///< why it ended
};

namespace detail {
using Evaluate = FunctionRef<std::pair<Tensor, Gradients>()>;
LbfgsResult minimize(std::span<const Parameter> parameters, Evaluate evaluate, const Lbfgs& settings);
}  // namespace detail

/// Changes the model's parameters so that f(model), a tensor of size 1, gets small (Nocedal and Wright, "Numerical
/// optimization", 2006, algorithm 7.5, with the two-loop recursion 7.4, a line search for the strong Wolfe conditions,
/// and the scaling, safeguards and tests for the end of PyTorch's LBFGS; computed in float64 whatever the parameters'
/// dtype). Error where a setting makes no sense; TapeError where an open tape tracks a parameter, or f does not depend
/// on one (unless `missing` says otherwise), which is named; ShapeError where f's value is not of size 1. The model is
/// then as it was. Where f throws later the model holds the best point before.
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
