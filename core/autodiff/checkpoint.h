// checkpoint(f): f with less memory. The intermediate values of f are not kept: the tape keeps f's inputs and reruns f
// in the sweep (Griewank and Walther, "Algorithm 799: revolve", 2000; Chen et al., "Training deep nets with sublinear
// memory cost", 2016). To the tape and its observers such a call is a single op. The rerun must repeat the first run
// exactly: the tape keeps a copy of f, and f draws only from an Rng passed to it or provided by the scope around the
// call (call_context.h).
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

/// Runs f and records the run as a single op of everything that f read from the open tape, however it was captured.
/// `arguments` are protected from writes as long as the tape is open.
Tensor checkpointed(std::function<Tensor()> f, const std::vector<Tensor>& arguments);

/// A repeatable call: if f is not const, it may change as it runs, so each call starts from a fresh copy.
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

/// Releases what the first run of a checkpoint on this thread created and nothing uses any more; without this call,
/// that happens at the latest when it records the next op.
void settle_checkpoint();

template <class Argument>
void collect_tensors(Argument& argument, std::vector<Tensor>& into) {
  if constexpr (std::is_same_v<Argument, Tensor> || HasFields<Argument>)
    walk_parameters(argument, Path(), [&](const Path&, Tensor& tensor) {
      if (tensor.defined()) into.push_back(tensor);
    });
}

}  // namespace detail

/// A function that computes f(arguments…), a tensor, with the same derivatives of every order as f (those of first
/// order bitwise equal, except for the order of summation if a tensor is used twice in f and outside it as well), while
/// the tape keeps only the tensors f reads: its arguments, and watched tensors that it holds, such as a model's
/// weights. Costs one more run of f in each sweep; a sweep that is itself recorded (by a nested tape) records and keeps
/// that run.
///
/// Arguments are tensors, models, and anything else that can be copied. The tape keeps copies of f and of them until
/// the sweep, so f must hold what it uses by value (a model consists of handles, and is cheap to copy). Layers that
/// draw from a training scope around the call draw the same numbers when f is rerun, and running statistics are updated
/// once. For other randomness, pass f an Rng by value, as in checkpoint(f)(x, rng.split(layer)). Other side effects of
/// f are constants to the tape and happen twice; a pullback that f leaves behind can no longer be called.
///
/// TapeError if f adds in place to a tensor from outside or watches one on an outer tape, and, in the sweep, if the
/// rerun returns a value that is not bitwise equal (compared by a hash of all elements).
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
