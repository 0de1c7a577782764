// Compares analytic with numerical gradients (four-point central differences) of anything callable with tensors. First
// order: the whole Jacobian if it is small, else the derivatives of a random projection of the value, element by
// element or, for large inputs, along random directions. Second and third order: the same for a random projection of
// the next lower derivative, as nested tapes return it. Elements too close to a kink are skipped and counted. float64
// only: float32 differences have no significant digits left.
#pragma once
#include <string>
#include <type_traits>
#include <vector>

#include "../../core/base/function_ref.h"
#include "../../core/base/text.h"
#include "../../core/tensor/tensor.h"

namespace retrograd::tools {

/// The options of gradcheck.
struct GradcheckOptions {
  int order = 1;            ///< 1, 2 or 3
  double tolerance = 1e-8;  ///< the maximum relative error at order 1; a hundredfold more for each further order
  double step = 1e-3;       ///< of the differences, scaled by max(1, |x|)
  std::uint64_t seed = 0;   ///< of the random projections
  std::int64_t whole_jacobian = 400;  ///< the maximum number of first-order derivatives to compare individually
};

/// The worst derivative of one input at one order; `element` is an index into the input, or into the random directions.
struct GradcheckLine {
  int order;             ///< of the derivative: 1, 2 or 3
  std::size_t input;     ///< which input, from 0
  std::int64_t element;  ///< the worst one, in row-major order; -1 if none was compared
  double analytic;       ///< the derivative from the tape
  double numeric;        ///< the derivative from differences
  double error;          ///< |analytic − numeric| relative to the largest derivative of this input, at least 1
  std::int64_t kinks;    ///< derivatives skipped because of a kink within their differences
  double tolerance;      ///< the maximum error accepted
};

/// The result of gradcheck. Prints through fmt.
struct GradcheckReport {
  std::vector<GradcheckLine> lines;  ///< one for each order and input
  /// True where every error is within tolerance and each input has an element without a kink.
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

/// Checks f(inputs…), a tensor of any shape, at these float64 inputs, from order 1 up to options.order. f takes as many
/// tensors as there are inputs, up to six. DtypeError where an input is not float64.
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
