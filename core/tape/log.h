// The log behind a tape: nodes in recording order, in memory that is kept between steps, and what tensors must know
// about it. One log serves an outermost tape and all tapes nested in it. Does not depend on what rules compute; the
// public interface is tape.h.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../tensor/tensor.h"
#include "arena.h"
#include "node.h"

namespace retrograd::detail {

struct Watched {
  Tensor key;
  std::uint32_t node;
  const std::string* name;  // interned, or null
  std::uint32_t before;     // the node's previous position in this list, restored when this entry is removed
};

/// What a log opened inside another one of the same thread displaced, to be restored when it closes; nodes as soon as
/// nothing more can be recorded on it.
struct Displaced {
  Tensor tensor;
  std::uint64_t serial;  // of its body; 0 if only the stamp was displaced
  std::uint32_t node;
  std::uint64_t stamp;
};

/// Ensures that `more` elements can be appended without throwing.
template <class T>
void make_room_in(std::vector<T>& list, std::size_t more) {
  if (list.capacity() - list.size() < more) list.reserve(std::max(2 * list.capacity(), list.size() + more));
}

/// A nested tape that may be swept after its scope: it stays intact as long as no node before `end` is cut.
struct Suspended {
  std::uint32_t end;
  std::shared_ptr<bool> is_whole;
};

struct Recording;

struct Log {
  std::atomic<std::uint64_t> serial{0};  // of this opening, unique in the process; 0 while closed
  std::atomic<bool> consumed{false};
  bool persistent = false;
  std::atomic<const Recording*> thread{nullptr};  // the thread it belongs to
  std::uint32_t index = 0;                        // in the table of all logs
  std::uint64_t openings = 0;
  Log* next_idle = nullptr;
  Nodes nodes;
  Arena arena;
  std::vector<Watched> watched;
  std::vector<Displaced> displaced;
  std::vector<Suspended> suspended;  // sorted by end
  std::vector<std::vector<Tensor>> spare_cotangents;
  std::uint32_t nodes_before = 0;  // what the tape before this one needed
  std::size_t bytes_before = 0;    // likewise, of the arena

  /// The number of nodes, from the first on, that may still have rules.
  std::atomic<std::uint32_t> with_rules{0};

  void forget_node(Node& node) noexcept {  // destroys its rules
    forget_edges(std::exchange(node.edges, nullptr));
    if (Joint* joint = std::exchange(node.joint, nullptr)) joint->destroy();
  }
  void forget_from(std::uint32_t begin) noexcept;  // the same for all nodes from `begin` on
  /// Removes all nodes from `begin` on, whose rules are gone and to which no handle refers any more.
  void cut(std::uint32_t begin, const Arena::Place& place) noexcept;
  /// Truncates the list of watched tensors.
  void unwatch_from(std::size_t begin) noexcept;
  /// Ensures that one node with existing edges, and two displaced tensors, can be appended without throwing.
  void make_room() {
    nodes.make_room();
    arena.make_room(sizeof(std::int64_t) * kMaxRank);
    if (displaced.capacity() - displaced.size() < 2) [[unlikely]]
      make_room_for_displaced();
  }
  void make_room_for_displaced();
};

/// The upper bits of a serial identify its log, so that one atomic word tells on which opening of which log a tensor
/// was recorded.
inline constexpr int kSerialBits = 44;
Log& log_of(std::uint64_t serial);
/// True if the log of this serial is still open under it and has not been consumed. If false, everything the log's
/// thread did to tensors under this serial has happened before.
inline bool is_live(std::uint64_t serial) {
  if (serial == 0) return false;
  const Log& log = log_of(serial);
  return log.serial.load(std::memory_order_acquire) == serial && !log.consumed.load(std::memory_order_acquire);
}

/// The recording state of a thread.
struct Recording {
  Log* log = nullptr;
  bool paused = false;
};
extern thread_local constinit Recording current_recording;

/// The log that this thread currently records on, or null.
inline Log* recording() {
  Log* log = current_recording.log;
  return log && !current_recording.paused && !log->consumed.load(std::memory_order_relaxed) ? log : nullptr;
}

/// True if x has a node in this log; false for an empty handle.
inline bool tracked(const Log* log, const Tensor& x) {
  const Body* body = x.body_or_null();
  return body && body->tape.serial.load(std::memory_order_relaxed) == log->serial.load(std::memory_order_relaxed);
}

/// True if an op on x would currently be recorded.
inline bool is_tracked(const Tensor& x) {
  const Log* log = recording();
  return log && tracked(log, x);
}

/// The number of nodes on this thread's open tapes that have, or may have, rules.
std::int64_t live_nodes();
Log* open_log(bool persistent);
void close_log(Log* log) noexcept;
/// Frees the memory that closed logs of this thread keep for later tapes.
void free_idle_logs() noexcept;
/// Restores tensors that this log displaced as variables of the enclosing log.
void give_back(Log* log) noexcept;

// Everything appended to a log is created first, edges with their rules before their node, and everything that can run
// out of memory comes before the first change: an op that cannot be recorded leaves the log and its tensors unchanged.

/// Appends a node for a value like `body`, which does not refer to it yet. The log owns edges and joint rule from then
/// on; if it throws, nothing has changed.
inline Node& push_node(Log* log, const char* op, NodeKind kind, const Body& body, Edge* edges, Joint* joint) {
  const auto rank = static_cast<std::uint8_t>(body.shape.rank());
  auto* sizes = static_cast<std::int64_t*>(log->arena.allocate(sizeof(std::int64_t) * rank));
  for (int axis = 0; axis < rank; ++axis) sizes[axis] = body.shape[axis];
  Node& node = log->nodes.push();
  node = {op, edges, joint, sizes, rank, body.dtype, kind, false, Node::kNowhere};
  log->with_rules.store(log->nodes.size(), std::memory_order_relaxed);
  return node;
}
/// Appends a node for x, which other logs and threads may know, to the log, which has made room. TapeError if another
/// thread has recorded x; then nothing has changed.
void append_node(Log* log, const char* op, NodeKind kind, const Tensor& x, Edge* edges = nullptr,
                 Joint* joint = nullptr);
/// Protects the values of x from writes while the log is open and unconsumed.
void stamp_anew(Log* log, const Tensor& x);
inline void stamp(Log* log, const Tensor& x) {
  if (x.body().base->tape.stamp.load(std::memory_order_relaxed) != log->serial.load(std::memory_order_relaxed))
    stamp_anew(log, x);
}
/// Appends a leaf node for x, or marks its existing node, once among the tensors watched from `first` on; Error for
/// integer tensors.
void watch(Log* log, const Tensor& x, const std::string* name, std::size_t first);

}  // namespace retrograd::detail
