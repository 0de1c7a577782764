// A non-owning reference to a callable: two pointers, no allocation. Valid only as long as the callable, so use it for
// parameters, never for members.
#pragma once
#include <memory>
#include <type_traits>
#include <utility>

namespace retrograd {

template <class Signature>
class FunctionRef;

/// A reference to anything callable as R(Args...).
template <class R, class... Args>
class FunctionRef<R(Args...)> {
 public:
  /// Refers to f, which must outlive it.
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, FunctionRef> && std::is_invocable_r_v<R, F&, Args...>)
      FunctionRef(F&& f)
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(f)))),
        call_([](void* object, Args... args) -> R {
          return (*static_cast<std::remove_reference_t<F>*>(object))(std::forward<Args>(args)...);
        }) {}
  /// Calls it.
  R operator()(Args... args) const { return call_(object_, std::forward<Args>(args)...); }

 private:
  void* object_;
  R (*call_)(void*, Args...);
};

}  // namespace retrograd
