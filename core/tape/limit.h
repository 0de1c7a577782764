// A limit on what an open tape may hold. A tape that stays open around a loop accumulates every step, until the machine
// swaps; the limit stops it before that, naming the ops that hold the most memory. Checked only when a chunk of nodes
// or new memory is allocated, so recording costs nothing more. The counts are arguments; it does not depend on tapes or
// tensors.
#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "../base/function_ref.h"

namespace retrograd {

/// For a limit: no limit.
inline constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();

namespace detail {
std::int64_t machine_memory();
}

/// The maximum that an open tape may hold on its thread; recording more is a TapeError.
struct TapeLimit {
  /// Nodes on the tape (one for each op and each watched tensor); checked every 1024 nodes.
  std::int64_t nodes = 20'000'000;
  /// Bytes in tensors of the thread, regardless of owner, checked when memory is allocated from the system; by default
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
  /// The limit applies from here on.
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
/// TapeError if the number of nodes has reached this thread's limit, or `most`; `largest` describes the ops with the
/// most memory.
void check_node_limit(std::int64_t nodes, std::int64_t most, FunctionRef<std::string()> largest);
/// TapeError if `more` bytes would push the `live` bytes of this thread's tensors over its limit; `nodes` is the number
/// of recorded nodes.
void check_memory_limit(std::int64_t live, std::int64_t more, std::int64_t nodes, FunctionRef<std::string()> largest);
}  // namespace detail

}  // namespace retrograd
