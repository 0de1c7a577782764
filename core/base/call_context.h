// What surrounds the functions that run on this thread: the generator they may draw from, and whether this is a
// call made again. A scope sets it and puts back what was there. A checkpoint keeps it as it was at its call, so that
// the rerun draws the same numbers. Refuses to know what is drawn, and what a function does only once.
#pragma once
#include <cstddef>

namespace retrograd {

class Rng;

namespace detail {

/// The surroundings of a call.
struct Ambient {
  /// What randomness is drawn from, or null where nothing is.
  Rng* randomness = nullptr;
  /// True where the call was made before: what it changes outside itself has been changed then.
  bool is_rerun = false;
};

/// Those of this thread, right now.
extern thread_local constinit Ambient current_ambient;

/// Sets the surroundings on this thread until the end of the scope.
class [[nodiscard]] AmbientScope {
 public:
  explicit AmbientScope(const Ambient& ambient) : before_(current_ambient) { current_ambient = ambient; }
  AmbientScope(const AmbientScope&) = delete;
  AmbientScope& operator=(const AmbientScope&) = delete;
  static void* operator new(std::size_t) = delete;
  static void* operator new[](std::size_t) = delete;
  ~AmbientScope() { current_ambient = before_; }

 private:
  Ambient before_;
};

}  // namespace detail
}  // namespace retrograd
