// Analytic against numerical gradients, for anything callable with tensors, by four-point central differences. First
// order: the whole Jacobian where it is small, else the derivatives of a random projection of the value, element by
// element or, of large inputs, along random directions. Second and third order: the same for a random projection of the
// derivative below, as nested tapes return it. Elements within a difference of a kink are left out, and counted.
// float64 only: in float32 differences have no digits left.
#pragma once
#include <string>
#include <type_traits>
#include <vector>

#include "../../core/base/function_ref.h"
#include "../../core/base/text.h"
#include "../../core/tensor/tensor.h"

namespace retrograd::tools {

/// What gradcheck checks, and how closely.
struct GradcheckOptions {
  int order = 1;                      ///< 1, 2 or 3
  double tolerance = 1e-8;            ///< largest relative error accepted at order 1; each order more, a hundredfold
  double step = 1e-3;                 ///< of the differences, times max(1, |x|)
  std::uint64_t seed = 0;             ///< of the random projections
  std::int64_t whole_jacobian = 400;  ///< the most derivatives of first order that are all compared
};

/// The worst derivative of one input at one order; `element` is the input's, or counts the random directions.
struct GradcheckLine {
  int order;             ///< of the derivative: 1, 2 or 3
  std::size_t input;     ///< which input, from 0
  std::int64_t element;  ///< the worst, in row-major order; -1 where none was compared
  double analytic;       ///< what the tape says
  double numeric;        ///< what the differences say
  double error;          ///< |analytic − numeric| relative to the largest derivative of this input, at least 1
  std::int64_t kinks;    ///< derivatives left out because the function has a kink within their differences
  double tolerance;      ///< the largest error accepted
};

/// What gradcheck found. Prints through fmt.
struct GradcheckReport {
  std::vector<GradcheckLine> lines;  ///< one for each order and input
  /// True where every error is within tolerance and not every element of an input was a kink.
  bool passed() const;
};

/// A line for each order and input: the worst element, both derivatives, the error.
std::string to_string(const GradcheckReport& report);

}  // namespace retrograd::tools

namespace retrograd::detail {
using Checked = FunctionRef<Tensor(const std::vector<Tensor>&)>;
tools::GradcheckReport gradcheck(Checked f, const std::vector<Tensor>& inputs, const tools::GradcheckOptions& options);
[[noreturn]] void fail_gradcheck_arity(std::size_t inputs);

template <std::size_t N, class F>
Tensor call_with(F& f, const std::vector<Tensor>& x) {
  return [&]<std::size_t... I>(std::index_sequence<I...>)->Tensor { return f(x[I]...); }
  (std::make_index_sequence<N>());
}
template <std::size_t N, class... Tensors, class F>
Tensor spread(F& f, const std::vector<Tensor>& x) {
  if constexpr (std::is_invocable_r_v<Tensor, F&, Tensors...>)
    if (x.size() == N) return call_with<N>(f, x);
  if constexpr (N < 6)
    return spread<N + 1, Tensors..., const Tensor&>(f, x);
  else
    fail_gradcheck_arity(x.size());
}
}  // namespace retrograd::detail

namespace retrograd::tools {

/// Checks f(inputs…), a tensor of any shape, at these float64 inputs, from order 1 to the one the options ask for. f
/// takes as many tensors as there are inputs, up to six. DtypeError where an input is not float64.
template <class F>
GradcheckReport gradcheck(F&& f, const std::vector<Tensor>& inputs, const GradcheckOptions& options = {}) {
  return detail::gradcheck([&](const std::vector<Tensor>& x) { return detail::spread<1, const Tensor&>(f, x); }, inputs,
                           options);
}

}  // namespace retrograd::tools

template <>
struct fmt::formatter<retrograd::tools::GradcheckReport> : retrograd::detail::TextFormatter {
  auto format(const retrograd::tools::GradcheckReport& report, fmt::format_context& context) const {
    return write(retrograd::tools::to_string(report), context);
  }
};
