// checkpoint(f): f with less memory. What f's derivative needs is not kept: the tape keeps f's inputs and runs f again
// in the sweep (Griewank and Walther, "Algorithm 799: revolve", 2000; Chen et al., "Training deep nets with sublinear
// memory cost", 2016). To the tape and its observers such a call is one op. The rerun must do what the first
// run did: the tape keeps a copy of f, and f draws only from an Rng that is handed to it or that the scope around the
// call gives (call_context.h).
#pragma once
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "../tape/log.h"
#include "../tensor/fields.h"
#include "../tensor/tensor.h"

namespace retrograd {

namespace detail {

/// Runs f and records the run as one op of all that f read from the open tape, whatever way it got there. `arguments`
/// are protected from being written as long as the tape is open.
Tensor checkpointed(std::function<Tensor()> f, const std::vector<Tensor>& arguments);

/// A call that can be made again and gives the same: where f is not const it changes as it runs, and begins anew.
template <class F, class... Arguments>
struct Call {
  F f;
  std::tuple<Arguments...> arguments;

  Tensor operator()() const {
    if constexpr (std::is_invocable_v<const F&, const Arguments&...>) {
      return std::apply(f, arguments);
    } else {
      Call fresh = *this;
      return std::apply(fresh.f, fresh.arguments);
    }
  }
};

/// Releases, now, what the first run of a checkpoint on this thread made and nothing uses any more; otherwise this
/// happens no later than when it records the next op.
void settle_checkpoint();

template <class Argument>
void collect_tensors(Argument& argument, std::vector<Tensor>& into) {
  if constexpr (std::is_same_v<Argument, Tensor> || HasFields<Argument>)
    walk_parameters(argument, Path(), [&](const Path&, Tensor& tensor) {
      if (tensor.defined()) into.push_back(tensor);
    });
}

}  // namespace detail

/// A function that computes f(arguments…), a tensor, and whose derivatives of every order are f's (of first order to
/// the last bit, but for the order of summing where a tensor is used twice in f and outside it too), while the tape
/// keeps only the tensors f reads: its arguments, and watched ones that it holds, such as a model's weights. Costs one
/// more run of f in each sweep; a sweep that is itself recorded (of a nested tape) records and keeps that run.
///
/// Arguments are tensors, models, and anything else that can be copied. The tape keeps copies of f and of them until
/// the sweep, so f must hold what it uses by value (a model is handles, and cheap to copy). Layers that draw from a
/// training scope around the call draw the same numbers when f is run again, and running statistics are updated once.
/// For other randomness, hand f an Rng by value, as in checkpoint(f)(x, rng.split(layer)). What else f leaves outside
/// itself is a constant, and done twice; a pullback that it leaves cannot be called any more.
///
/// TapeError where f adds to a tensor from outside it in place or watches one on an outer tape, and, in the sweep,
/// where the rerun gives a value that is not the same to the last bit (told by a hash of all elements).
template <class F>
auto checkpoint(F f) {
  return [f = std::move(f)]<class... Arguments>(const Arguments&... arguments) -> Tensor {
    detail::Call<F, Arguments...> run{f, {arguments...}};
    if (!detail::recording()) return run();
    std::vector<Tensor> tensors;
    (detail::collect_tensors(const_cast<Arguments&>(arguments), tensors), ...);
    return detail::checkpointed(std::move(run), tensors);
  };
}

}  // namespace retrograd
