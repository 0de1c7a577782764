// The functional interface of the tape: functions that turn a function into its derivative. They pass it a fresh alias
// of each argument, so that a function that also captures that tensor is differentiated correctly; the derivative for
// an argument on which a function does not depend is zero. They nest to any depth, with each other and with open tapes.
// Full matrices of derivatives are in jacobian.h. Depends on tapes and fields, not on ops.
#pragma once
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "../compute/creation.h"
#include "../tape/linear.h"
#include "../tape/tape.h"

namespace retrograd {

namespace detail {

template <class T>
inline constexpr bool is_tensor = std::is_same_v<std::remove_cvref_t<T>, Tensor>;

/// A tensor of an argument: the caller's original, and the alias that the function sees.
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
  static_assert(
      is_tensor<Argument> || HasFields<Argument>,
      "a derivative is taken with respect to a tensor or a struct with fields; let the function hold the rest");
  if constexpr (is_tensor<Argument>) {
    const Tensor variable = alias(argument);
    tape.watch(variable);
    return {variable, {{argument, variable}}};
  } else {
    std::vector<Alias> aliases;
    Argument fresh = rebound(argument, Fields::parameters, [&](const Tensor& tensor) {
      aliases.push_back({tensor, alias(tensor)});
      return aliases.back().variable;
    });
    tape.watch(fresh);
    return {std::move(fresh), std::move(aliases)};
  }
}

/// The gradients of a sweep, keyed by the caller's tensors instead of their aliases; zeros where there is none.
Gradients rekeyed(const Gradients& gradients, const std::vector<Alias>& aliases);

template <class Argument>
auto derivative_of(const Gradients& gradients, const Variable<Argument>& variable) {
  const Gradients own = rekeyed(gradients, variable.aliases);
  if constexpr (is_tensor<Argument>)
    return own.begin()->value();
  else
    return own;
}

/// A single derivative unchanged, several as a tuple.
template <class... Arguments>
auto derivatives_of(const Gradients& gradients, const std::tuple<Variable<Arguments>...>& variables) {
  return std::apply(
      [&](const auto&... variable) {
        if constexpr (sizeof...(variable) == 1)
          return (derivative_of(gradients, variable), ...);
        else
          return std::tuple{derivative_of(gradients, variable)...};
      },
      variables);
}

/// A direction as one tensor for each tensor of an argument: from a tensor, a struct with the same fields, or
/// gradients. ShapeError or DtypeError naming `what` if it does not match the argument; Error if a tensor that occurs
/// twice in x is given two directions.
std::vector<Tensor> direction_of(const char* what, const std::vector<Alias>& aliases, const Gradients& direction);
std::vector<Tensor> direction_of(const char* what, const std::vector<Alias>& aliases,
                                 const std::vector<Tensor>& argument, const std::vector<Tensor>& direction);
template <class T>
std::vector<Tensor> parameter_tensors(const T& object) {
  std::vector<Tensor> list;
  walk_parameters(const_cast<T&>(object), Path(), [&](const Path&, Tensor& tensor) { list.push_back(tensor); });
  return list;
}
template <class Argument, class Direction>
std::vector<Tensor> direction_of(const char* what, const std::vector<Alias>& aliases, const Argument& argument,
                                 const Direction& direction) {
  if constexpr (std::is_same_v<Direction, Gradients>)
    return direction_of(what, aliases, direction);
  else
    return direction_of(what, aliases, parameter_tensors(argument), parameter_tensors(direction));
}

/// A scalar that depends on all of ys, from which one sweep starts with these cotangents: only its derivative matters,
/// which is that of Σ cotangent·y.
Tensor joined(const std::vector<Tensor>& ys, std::vector<Tensor> cotangents);

/// DtypeError if f's value has no derivative because it is not floating-point.
void check_floating_value(const char* op, const Tensor& value);

/// What is needed to differentiate a function's value later, any number of times.
class SuspendedTape : public Tape {
 public:
  SuspendedTape() : Tape(persistent) {}
  using Tape::suspend;
};
template <class... Arguments>
struct Linearized {
  SuspendedTape tape;
  std::tuple<Variable<Arguments>...> variables;
  Tensor value, own_value;  // own_value is the tape's private handle, which nobody else can watch

  template <class F>
  Linearized(F& f, const Arguments&... arguments)
      : variables{make_variable(tape, arguments)...},
        value(std::apply([&](const auto&... variable) -> Tensor { return f(variable.value...); }, variables)) {
    check_floating_value("vjp", value);
    const bool is_shared = !sole_owner(value);  // f holds it, or it is an argument
    own_value = alias(value);
    tape.suspend();
    if (is_shared)
      value = copied(value);
    else if (!is_tracked(value))
      value = detach(value);
  }
};

}  // namespace detail

/// A function that returns f's value and its derivatives as a pair. An argument is a tensor or a struct with fields (or
/// a container or tuple of them); f's value has size 1. The second element is a Tensor for a tensor, a Gradients (keyed
/// by the caller's tensors; its `as(model)` has the form of the struct) for a struct, and a tuple of these if f takes
/// several arguments. ShapeError if f's value is not of size 1, DtypeError if it or an argument is not floating-point.
template <class F>
auto value_and_grad(F f) {
  return [f = std::move(f)]<class... Arguments>(const Arguments&... arguments) {
    static_assert(sizeof...(Arguments) > 0, "a derivative needs an argument");
    Tape tape;
    auto variables = std::tuple<detail::Variable<Arguments>...>{detail::make_variable(tape, arguments)...};
    Tensor value = std::apply([&](const auto&... variable) -> Tensor { return f(variable.value...); }, variables);
    detail::check_floating_value("grad", value);
    auto derivatives = detail::derivatives_of(tape.gradients_or_none(value), variables);
    return std::pair{detail::owned(std::move(value)), std::move(derivatives)};
  };
}

/// Like value_and_grad, but returns only the derivatives.
template <class F>
auto grad(F f) {
  return [both = value_and_grad(std::move(f))](const auto&... arguments) { return both(arguments...).second; };
}

/// The transposed derivative of one call of a function: a function of a cotangent like the value that returns the
/// derivatives of Σ cotangent·value, in the form of grad. It keeps what they need, can be called any number of times,
/// on the thread that created it, and is differentiated by tapes that are open when it is called. TapeError if it was
/// created under an open tape that has been consumed or closed since.
template <class... Arguments>
class Pullback {
 public:
  /// The derivatives of Σ cotangent·value for the arguments; ShapeError or DtypeError if the cotangent is not like the
  /// value.
  auto operator()(const Tensor& cotangent) const {
    return detail::derivatives_of(of_->tape.gradients_or_none(of_->own_value, cotangent), of_->variables);
  }

 private:
  template <class F, class... More>
  friend std::pair<Tensor, Pullback<More...>> vjp(F&& f, const More&... arguments);
  explicit Pullback(std::shared_ptr<detail::Linearized<Arguments...>> of) : of_(std::move(of)) {}
  std::shared_ptr<detail::Linearized<Arguments...>> of_;
};

/// f's value at the arguments, of any shape, and its vector-Jacobian product as a function of the cotangent. f runs
/// once. DtypeError if the value or an argument is not floating-point.
template <class F, class... Arguments>
std::pair<Tensor, Pullback<Arguments...>> vjp(F&& f, const Arguments&... arguments) {
  static_assert(sizeof...(Arguments) > 0, "a derivative needs an argument");
  auto of = std::make_shared<detail::Linearized<Arguments...>>(f, arguments...);
  Tensor value = of->value;
  return {std::move(value), Pullback<Arguments...>(std::move(of))};
}

/// f's value at x, of any shape, and the Jacobian-vector product: its derivative along a tangent like x. x is a tensor
/// or a struct with fields (use a std::tuple for several arguments), the tangent one like it or a Gradients of x's
/// tensors; missing entries count as zero. Reverse over reverse: the backward pass is linear in the cotangent, and its
/// derivative is the product. This runs f once and takes about twice the time of a gradient, and the memory of both
/// sweeps.
template <class F, class Argument, class Tangent>
std::pair<Tensor, Tensor> jvp(F&& f, const Argument& x, const Tangent& tangent) {
  Tape tape;
  Tensor value, cotangent;
  std::vector<Tensor> pulled, along;
  {
    Tape inner;
    const auto variable = detail::make_variable(inner, x);
    along = detail::direction_of("jvp: the tangent", variable.aliases, x, tangent);
    value = f(variable.value);
    detail::check_floating_value("jvp", value);
    cotangent = zeros_like(value);
    inner.watch(cotangent);
    for (const auto& entry : detail::rekeyed(inner.gradients_or_none(value, cotangent), variable.aliases))
      pulled.push_back(entry.value());
  }
  tape.watch(cotangent);
  const Tensor product = tape.gradients_or_none(detail::joined(pulled, along)).get_or_zeros(cotangent);
  return {detail::owned(std::move(value)), product};
}

/// The product of f's second derivatives at x and a direction v like x: the derivative of grad(f) along v, in the form
/// of grad(f)(x). f's value has size 1; x is a tensor or a struct with fields, v one like it or a Gradients of x's
/// tensors; missing entries count as zero. Costs about two gradients, and never builds the Hessian.
template <class F, class Argument, class Direction>
auto hvp(F&& f, const Argument& x, const Direction& v) {
  Tape tape;
  const auto variable = detail::make_variable(tape, x);
  std::vector<Tensor> along = detail::direction_of("hvp: the direction", variable.aliases, x, v);
  const auto slope = grad([&f](const Argument& at) -> Tensor { return f(at); })(variable.value);
  std::vector<Tensor> slopes;
  if constexpr (detail::is_tensor<Argument>)
    slopes.push_back(slope);
  else
    for (const auto& entry : slope) slopes.push_back(entry.value());
  return detail::derivative_of(tape.gradients_or_none(detail::joined(slopes, std::move(along))), variable);
}

}  // namespace retrograd
