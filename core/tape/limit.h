// A limit to what an open tape may hold. A tape that stays open around a loop keeps every step on it, until the machine
// swaps; this stops it before, naming the ops that hold the most memory. Looked at only where a chunk of nodes or new
// memory is taken, so that recording costs nothing more. The counts are arguments; it does not depend on tapes or
// tensors.
#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "../base/function_ref.h"

namespace retrograd {

/// For a limit: none.
inline constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();

namespace detail {
std::int64_t machine_memory();
}

/// What an open tape may hold on its thread before recording on it is a TapeError.
struct TapeLimit {
  /// Nodes on the tape (an op each, and each watched tensor); looked at every 1024 nodes.
  std::int64_t nodes = 20'000'000;
  /// Bytes in tensors of the thread, regardless of owner, checked when new memory is taken from the system; by default
  /// the memory of the machine.
  std::int64_t bytes = detail::machine_memory();
};

/// The limit of this thread.
TapeLimit tape_limit();
/// Sets the limit of every thread that has no TapeLimitScope.
void set_tape_limit(const TapeLimit& limit);

/// Sets the limit of this thread until the end of the scope: TapeLimitScope guard({.nodes = 1'000'000}).
class [[nodiscard]] TapeLimitScope {
 public:
  /// The limit holds from here on.
  explicit TapeLimitScope(const TapeLimit& limit);
  TapeLimitScope(const TapeLimitScope&) = delete;
  TapeLimitScope& operator=(const TapeLimitScope&) = delete;
  static void* operator new(std::size_t) = delete;
  ~TapeLimitScope();

 private:
  friend TapeLimit tape_limit();
  TapeLimit limit_;
  const TapeLimitScope* outer_;
};

namespace detail {
/// TapeError where so many nodes have reached this thread's limit, or `most`; `largest` says of which ops they are.
void check_node_limit(std::int64_t nodes, std::int64_t most, FunctionRef<std::string()> largest);
/// TapeError where `more` bytes would take the `live` ones of this thread's tensors past its limit, while `nodes` are
/// recorded.
void check_memory_limit(std::int64_t live, std::int64_t more, std::int64_t nodes, FunctionRef<std::string()> largest);
}  // namespace detail

}  // namespace retrograd
