// The context of function calls on this thread: the generator they may draw from, the default dtype, and whether the
// call is a rerun. A scope sets it and restores the previous one. A checkpoint saves the context of its call, so that
// the rerun draws the same numbers and creates the same tensors. Does not depend on what is drawn or on what a function
// does only once.
#pragma once
#include <cstddef>

#include "dtype.h"

namespace retrograd {

class Rng;

namespace detail {

/// The context of a call.
struct CallContext {
  /// The source of randomness; null if there is none.
  Rng* randomness = nullptr;
  /// True if the call repeats an earlier one, whose side effects have already happened.
  bool is_rerun = false;
  /// The dtype of floating-point tensors created without one.
  Dtype default_dtype = Dtype::float32;
};

/// The current context of this thread.
extern thread_local constinit CallContext current_call_context;

/// Sets the context of this thread until the end of the scope.
class [[nodiscard]] CallContextScope {
 public:
  explicit CallContextScope(const CallContext& context) : before_(current_call_context) {
    current_call_context = context;
  }
  CallContextScope(const CallContextScope&) = delete;
  CallContextScope& operator=(const CallContextScope&) = delete;
  static void* operator new(std::size_t) = delete;
  static void* operator new[](std::size_t) = delete;
  ~CallContextScope() { current_call_context = before_; }

 private:
  CallContext before_;
};

}  // namespace detail
}  // namespace retrograd
