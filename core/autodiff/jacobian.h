// Full matrices of derivatives: the Jacobian of a function of tensors, and the Hessian of a scalar function. Each row
// costs a sweep, so they are meant for small values; products with them do not need the matrix (vjp, jvp, hvp).
#pragma once
#include <tuple>
#include <utility>
#include <vector>

#include "transforms.h"

namespace retrograd {

namespace detail {
/// For each variable, a tensor of shape y.shape + x.shape: the derivatives of each element of y, which this tape has
/// recorded. The tape is not consumed. Errors name `op`.
std::vector<Tensor> jacobians(const char* op, Tape& tape, const Tensor& y, const std::vector<Tensor>& variables);

template <class... Tensors>
std::vector<Tensor> watched_aliases(Tape& tape, const Tensors&... xs) {
  std::vector<Tensor> variables;
  (variables.push_back(make_variable(tape, xs).value), ...);
  return variables;
}
/// f(list[0], list[1], …), with one argument per index.
template <class F, std::size_t... I>
auto apply_list(F& f, const std::vector<Tensor>& list, std::index_sequence<I...>) {
  return f(list[I]...);
}
/// A single tensor unchanged, several as a tuple.
template <std::size_t... I>
auto as_result(std::vector<Tensor> list, std::index_sequence<I...>) {
  if constexpr (sizeof...(I) == 1)
    return std::move(list[0]);
  else
    return std::tuple{std::move(list[I])...};
}
}  // namespace detail

/// A function of the same tensors as f that returns the derivatives of f's value, of any shape: a tensor of shape
/// value.shape + x.shape if f takes one tensor, a tuple of these if it takes several. One sweep for each element of the
/// value. ShapeError if the two shapes together have more than 8 axes, DtypeError if the value or an argument is not
/// floating-point.
template <class F>
auto jacobian(F f) {
  return [f = std::move(f)]<class... Tensors>(const Tensors&... xs) {
    static_assert(sizeof...(Tensors) > 0, "a derivative needs an argument");
    static_assert((detail::is_tensor<Tensors> && ...), "a Jacobian is taken with respect to tensors");
    constexpr auto indices = std::index_sequence_for<Tensors...>();
    Tape tape(persistent);
    const std::vector<Tensor> variables = detail::watched_aliases(tape, xs...);
    const Tensor value = detail::apply_list(f, variables, indices);
    return detail::as_result(detail::jacobians("jacobian", tape, value, variables), indices);
  };
}

/// A function of the same tensors as f that returns the second derivatives of f, whose value has size 1: a tensor of
/// shape x.shape + x.shape if f takes one tensor; if it takes several, a tuple of rows that are tuples, in which block
/// (i, j) of shape xᵢ.shape + xⱼ.shape holds ∂²f/∂xᵢ∂xⱼ. One sweep over a gradient for each element of the arguments.
template <class F>
auto hessian(F f) {
  return [f = std::move(f)]<class... Tensors>(const Tensors&... xs) {
    static_assert(sizeof...(Tensors) > 0, "a derivative needs an argument");
    static_assert((detail::is_tensor<Tensors> && ...), "a Hessian is taken with respect to tensors");
    constexpr auto indices = std::index_sequence_for<Tensors...>();
    Tape tape(persistent);
    const std::vector<Tensor> variables = detail::watched_aliases(tape, xs...);
    auto gradient = grad([&f](const Tensors&... at) -> Tensor { return f(at...); });
    const auto slopes = detail::apply_list(gradient, variables, indices);
    if constexpr (sizeof...(Tensors) == 1)
      return std::move(detail::jacobians("hessian", tape, slopes, variables)[0]);
    else
      return std::apply(
          [&](const auto&... slope) {
            return std::tuple{detail::as_result(detail::jacobians("hessian", tape, slope, variables), indices)...};
          },
          slopes);
  };
}

}  // namespace retrograd
