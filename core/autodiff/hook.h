// Hooks: inspecting or changing a cotangent on its way through a sweep. A hook is an op that returns its tensor
// unchanged, so it only affects the path through the returned tensor: use that one from there on.
#pragma once
#include <type_traits>
#include <utility>

#include "../tape/linear.h"
#include "../tape/tape.h"

namespace retrograd {

namespace detail {
/// ShapeError, DtypeError or Error if a hook returned something that cannot replace the cotangent g.
void check_hooked(const Tensor& g, const Tensor& replacement);
}  // namespace detail

/// Returns a view of x, to be used in place of x, with f called on its cotangent in every sweep: with the whole sum
/// over all uses of the returned tensor, before it is passed on to x. f(const Tensor& g) returns nothing and only
/// inspects g, or returns a tensor like g that replaces it. In a sweep that is itself recorded, g is a variable, so
/// what f does to it is differentiated. Similar to PyTorch's register_hook, but x itself is not changed: only uses of
/// the returned tensor pass through the hook. If no tape tracks the tensor, f is never called.
template <class F>
[[nodiscard]] Tensor register_hook(const Tensor& x, F f) {
  static_assert(std::is_invocable_v<F&, const Tensor&>, "a hook is called with the cotangent, a const Tensor&");
  return record("register_hook", detach(x), wrt(x, [f = std::move(f)](Tensor any_g) mutable -> Tensor {
                  const Tensor g = detail::owned(std::move(any_g));  // f may write to it
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
