// The log behind a tape: nodes in the order in which they were recorded, in memory that is kept between steps, and what
// tensors must know of it. One log serves an outermost tape and every tape nested in it. Does not depend on what rules
// compute; users meet it through tape.h.
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
  std::uint32_t before;     // the node's place in this list before, which is its place again when this is gone
};

/// What a log that opened inside another one of its thread displaced, to be put back when it closes, and the nodes as
/// soon as nothing more can be recorded on it.
struct Displaced {
  Tensor tensor;
  std::uint64_t serial;  // of its body, 0 where only the stamp was displaced
  std::uint32_t node;
  std::uint64_t stamp;
};

/// Makes sure that so many more can be appended without throwing.
template <class T>
void make_room_in(std::vector<T>& list, std::size_t more) {
  if (list.capacity() - list.size() < more) list.reserve(std::max(2 * list.capacity(), list.size() + more));
}

/// A nested tape that may be swept after its scope: it stays whole as long as none of the nodes before `end` is cut.
struct Suspended {
  std::uint32_t end;
  std::shared_ptr<bool> is_whole;
};

struct Recording;

struct Log {
  std::atomic<std::uint64_t> serial{0};  // this opening's, unique in the process; 0 while closed
  std::atomic<bool> consumed{false};
  bool persistent = false;
  std::atomic<const Recording*> thread{nullptr};  // whose it is
  std::uint32_t index = 0;                        // in the table of all logs
  std::uint64_t openings = 0;
  Log* next_idle = nullptr;
  Nodes nodes;
  Arena arena;
  std::vector<Watched> watched;
  std::vector<Displaced> displaced;
  std::vector<Suspended> suspended;  // by their ends
  std::vector<std::vector<Tensor>> spare_cotangents;

  /// How many nodes, from the first on, may still have rules.
  std::atomic<std::uint32_t> with_rules{0};

  void forget_node(Node& node) noexcept {  // destroys its rules
    forget_edges(std::exchange(node.edges, nullptr));
    if (Joint* joint = std::exchange(node.joint, nullptr)) joint->destroy(joint->rule);
  }
  void forget_from(std::uint32_t begin) noexcept;  // the same for all from that one on
  /// Gives up all nodes from that one on, whose rules are gone and which no handle names any more.
  void cut(std::uint32_t begin, const Arena::Place& place) noexcept;
  /// Shortens the list of what is watched.
  void unwatch_from(std::size_t begin) noexcept;
  /// Makes sure that one node whose edges are made, and two displaced tensors, can be appended without throwing.
  void make_room() {
    nodes.make_room();
    arena.make_room(sizeof(std::int64_t) * kMaxRank);
    if (displaced.capacity() - displaced.size() < 2) [[unlikely]]
      make_room_for_displaced();
  }
  void make_room_for_displaced();
};

/// A serial's upper bits name its log, so that one atomic word says which opening of which log a tensor was recorded
/// on.
inline constexpr int kSerialBits = 44;
Log& log_of(std::uint64_t serial);
/// True where the log of this serial is still open under it and has not been consumed. Where it is false, what the
/// log's thread did with tensors under this serial has happened before.
inline bool is_live(std::uint64_t serial) {
  if (serial == 0) return false;
  const Log& log = log_of(serial);
  return log.serial.load(std::memory_order_acquire) == serial && !log.consumed.load(std::memory_order_acquire);
}

/// What this thread is doing.
struct Recording {
  Log* log = nullptr;
  bool paused = false;
};
extern thread_local constinit Recording current_recording;

/// The log that ops of this thread are recorded on right now, or null.
inline Log* recording() {
  Log* log = current_recording.log;
  return log && !current_recording.paused && !log->consumed.load(std::memory_order_relaxed) ? log : nullptr;
}

/// True where x has a node in this log; an empty handle has none.
inline bool tracked(const Log* log, const Tensor& x) {
  const Body* body = x.body_or_null();
  return body && body->tape.serial.load(std::memory_order_relaxed) == log->serial.load(std::memory_order_relaxed);
}

/// True where an op on x would be recorded now.
inline bool is_tracked(const Tensor& x) {
  const Log* log = recording();
  return log && tracked(log, x);
}

/// How many nodes of this thread's open tapes still have rules, or may.
std::int64_t live_nodes();
Log* open_log(bool persistent);
void close_log(Log* log) noexcept;
/// Gives back what closed logs of this thread keep for its next tapes.
void free_idle_logs() noexcept;
/// Makes tensors that this log displaced variables of the one around it again.
void give_back(Log* log) noexcept;

// What is appended to a log is made first, edges with their rules before the node that has them, and what can fail for
// want of memory comes before the first change: an op that fails to be recorded leaves the log and its tensors as they
// were.

/// The next node of the log, of a value like this one, which does not know of it yet. The log owns edges and joint rule
/// from then on; where it throws, nothing has changed.
inline Node& push_node(Log* log, const char* op, NodeKind kind, const Body& body, Edge* edges, Joint* joint) {
  const auto rank = static_cast<std::uint8_t>(body.shape.rank());
  auto* sizes = static_cast<std::int64_t*>(log->arena.allocate(sizeof(std::int64_t) * rank));
  for (int axis = 0; axis < rank; ++axis) sizes[axis] = body.shape[axis];
  Node& node = log->nodes.push();
  node = {op, edges, joint, sizes, rank, body.dtype, kind, false, Node::kNowhere};
  log->with_rules.store(log->nodes.size(), std::memory_order_relaxed);
  return node;
}
/// Gives x, which may be known to other logs and threads, a node of its own in the log, which has made room. TapeError
/// where another thread has it, and nothing has changed then.
void append_node(Log* log, const char* op, NodeKind kind, const Tensor& x, Edge* edges = nullptr,
                 Joint* joint = nullptr);
/// Protects the values of x while the log is open and unconsumed.
void stamp_anew(Log* log, const Tensor& x);
inline void stamp(Log* log, const Tensor& x) {
  if (x.body().base->tape.stamp.load(std::memory_order_relaxed) != log->serial.load(std::memory_order_relaxed))
    stamp_anew(log, x);
}
/// Gives x a leaf node, or marks the node it has, once among the tensors watched from `first` on; integer tensors are
/// an error.
void watch(Log* log, const Tensor& x, const std::string* name, std::size_t first);

}  // namespace retrograd::detail
