// Hooks: looking at a cotangent on its way through a sweep, or changing it. A hook is an op that leaves its tensor as
// it is, so it takes part only on the path through the tensor that it returns: use that one from there on.
#pragma once
#include <type_traits>
#include <utility>

#include "../tape/linear.h"
#include "../tape/tape.h"

namespace retrograd {

namespace detail {
/// ShapeError, DtypeError or Error where a hook returned what cannot stand for the cotangent g.
void check_hooked(const Tensor& g, const Tensor& replacement);
}  // namespace detail

/// Returns the hooked tensor, which is to be used in place of x: a view of x, with f called on its cotangent in every
/// sweep: with the whole sum over all uses of the returned tensor, before it goes on to x. f(const Tensor& g) returns
/// nothing and only looks, or returns a tensor like g that takes its place. In a sweep that is itself recorded g is a
/// variable, so what f does to it is differentiated. As PyTorch's register_hook, but x itself is not changed: only what
/// is computed from the returned tensor passes the hook. Of a tensor that no tape tracks, f is never called.
template <class F>
[[nodiscard]] Tensor register_hook(const Tensor& x, F f) {
  static_assert(std::is_invocable_v<F&, const Tensor&>, "a hook is called with the cotangent, a const Tensor&");
  return record("register_hook", detach(x), wrt(x, [f = std::move(f)](Tensor any_g) mutable -> Tensor {
                  const Tensor g = detail::owned(std::move(any_g));  // which f may write
                  if constexpr (std::is_void_v<std::invoke_result_t<F&, const Tensor&>>) {
                    f(g);
                    return g;
                  } else {
                    Tensor replacement = f(g);
                    detail::check_hooked(g, replacement);
                    return replacement;
                  }
                }));
}

}  // namespace retrograd
