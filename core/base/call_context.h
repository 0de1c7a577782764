// What surrounds the functions that run on this thread: the generator they may draw from, the default dtype, and
// whether this is a call made again. A scope sets it and puts back what was there. A checkpoint keeps it as it was at
// its call, so that the rerun draws the same numbers and makes the same tensors. Does not depend on what is drawn
// or on what a function does only once.
#pragma once
#include <cstddef>

#include "dtype.h"

namespace retrograd {

class Rng;

namespace detail {

/// The surroundings of a call.
struct CallContext {
  /// What randomness is drawn from, or null where nothing is.
  Rng* randomness = nullptr;
  /// True where the call was made before: what it changes outside itself has been changed then.
  bool is_rerun = false;
  /// Of floating tensors that are made without a dtype.
  Dtype default_dtype = Dtype::float32;
};

/// Those of this thread, right now.
extern thread_local constinit CallContext current_call_context;

/// Sets the surroundings on this thread until the end of the scope.
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
