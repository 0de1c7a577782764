// The functional face of the tape: functions that turn a function into its derivative. They hand it a fresh alias of
// each argument, so that a function which also closes over that tensor is not confused; where a function does not
// depend on an argument they give zeros. They nest to any depth. Knows tapes and fields, not ops.
#pragma once
#include <array>
#include <type_traits>
#include <utility>
#include <vector>

#include "creation.h"
#include "tape.h"
#include "tape_ops.h"

namespace retrograd {

namespace detail {

template <class T>
inline constexpr bool is_tensor = std::is_same_v<std::remove_cvref_t<T>, Tensor>;

/// One tensor of an argument: the caller's, and the alias of it that the function sees.
struct Alias {
  Tensor original, variable;
};

/// An argument as the function sees it, and its tensors.
template <class Argument>
struct Variable {
  Argument value;
  std::vector<Alias> aliases;
};

template <class Argument>
Variable<Argument> make_variable(Tape& tape, const Argument& argument) {
  if constexpr (is_tensor<Argument>) {
    const Tensor variable = alias(argument);
    tape.watch(variable);
    return {variable, {{argument, variable}}};
  } else {
    std::vector<Alias> aliases;
    Argument fresh = rebound(argument, [&](const Tensor& tensor) {
      aliases.push_back({tensor, alias(tensor)});
      return aliases.back().variable;
    });
    tape.watch(fresh);
    return {std::move(fresh), std::move(aliases)};
  }
}

/// A sweep's gradients under the caller's tensors instead of their aliases; zeros where nothing arrived.
Gradients rekeyed(const Gradients& gradients, const std::vector<Alias>& aliases);

template <class Argument>
auto derivative_of(const Gradients& gradients, const Variable<Argument>& variable) {
  const Gradients own = rekeyed(gradients, variable.aliases);
  if constexpr (is_tensor<Argument>)
    return own.begin()->value();
  else
    return own;
}

}  // namespace detail

/// A function that returns f's value and its derivatives, as a pair. An argument is a tensor or a struct with fields;
/// f's value has size 1. The second is a Tensor for a tensor, a Gradients (keyed by the caller's tensors) for a struct,
/// and a tuple of these where f takes several arguments.
template <class F>
auto value_and_grad(F f) {
  return [f = std::move(f)]<class... Arguments>(const Arguments&... arguments) {
    static_assert(sizeof...(Arguments) > 0, "a derivative needs an argument");
    Tape tape;
    auto variables = std::tuple<detail::Variable<Arguments>...>{detail::make_variable(tape, arguments)...};
    Tensor value = std::apply([&](const auto&... variable) -> Tensor { return f(variable.value...); }, variables);
    const Gradients gradients = tape.gradients_or_none(value);
    auto derivatives = std::apply(
        [&](const auto&... variable) { return std::tuple{detail::derivative_of(gradients, variable)...}; }, variables);
    if constexpr (sizeof...(Arguments) == 1)
      return std::pair{std::move(value), std::get<0>(std::move(derivatives))};
    else
      return std::pair{std::move(value), std::move(derivatives)};
  };
}

/// A function that returns f's derivatives: value_and_grad without the value.
template <class F>
auto grad(F f) {
  return [both = value_and_grad(std::move(f))](const auto&... arguments) { return both(arguments...).second; };
}

/// A function of one tensor x that returns the second derivatives of f, whose value has size 1: of shape x.shape +
/// x.shape.
template <class F>
auto hessian(F f) {
  return [f = std::move(f)](const Tensor& x) {
    Tape tape(persistent);
    const Tensor variable = alias(x);
    tape.watch(variable);
    const Tensor slope = grad(f)(variable);
    std::vector<Tensor> rows;
    for (std::int64_t i = 0; i < x.size(); ++i) {
      Tensor unit = zeros(x.shape(), x.dtype());
      dispatch(x.dtype(), [&]<class T>() { detail::values<T>(unit)[i] = static_cast<T>(1); });
      rows.push_back(detail::is_tracked(slope) ? tape.gradients(slope, unit).get_or_zeros(variable) : zeros_like(x));
    }
    Shape shape = x.shape();
    for (std::int64_t size : x.shape()) shape.push_back(size);
    return rows.empty() ? zeros(shape, x.dtype()) : reshape(stack(rows), shape);
  };
}

}  // namespace retrograd
