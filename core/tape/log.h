// The log behind a tape: nodes in the order they were recorded, each with one rule per tracked input, all in chunked
// memory that is kept between steps and never moves (a sweep that is itself recorded appends while it reads). One log
// serves an outermost tape and every tape nested in it. Knows nothing of what rules compute; users meet it through
// tape.h.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "../tensor/tensor.h"

namespace retrograd::detail {

/// Bump memory in chunks, all of it aligned to 16 bytes: allocating never moves what is there, and clearing keeps the
/// chunks.
class Arena {
 public:
  static constexpr std::size_t kAlignment = 16;
  void* allocate(std::size_t bytes) {
    std::byte* begin = next_;
    const std::size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
    if (static_cast<std::size_t>(end_ - begin) < rounded) begin = next_chunk(rounded);
    next_ = begin + rounded;
    return begin;
  }
  /// Makes sure that so many bytes, taken at once or by and by, do not throw.
  void make_room(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - next_) < bytes) next_chunk(bytes);
  }
  /// Begins anew, and gives back the chunks that are more than `keep` bytes together.
  void clear(std::size_t keep) noexcept;
  /// A place to go back to: what is allocated after it is given up together.
  struct Place {
    std::size_t chunk;
    std::byte *next, *end;
  };
  Place place() const { return {chunk_, next_, end_}; }
  void cut(const Place& at) {
    chunk_ = at.chunk;
    next_ = at.next;
    end_ = at.end;
  }

 private:
  struct Chunk {
    std::unique_ptr<std::byte[]> memory;
    std::size_t size;
  };
  std::byte* next_chunk(std::size_t bytes);
  std::vector<Chunk> chunks_;
  std::size_t chunk_ = 0;  // the one in use
  std::byte *next_ = nullptr, *end_ = nullptr;
};

/// Where a joint rule hands over the cotangents it was asked for.
class Cotangents {
 public:
  virtual bool wants(std::size_t input) const = 0;
  virtual void give(std::size_t input, Tensor cotangent) = 0;
  /// Takes the cotangent a · b of an input that is a matrix, by the way that suits: adds it where a sum is waiting, or
  /// lets it wait itself. False where it must be given as a tensor, because the sweep is recorded or nothing is gained.
  virtual bool take_product(std::size_t input, const Tensor& a, const Tensor& b) = 0;

 protected:
  ~Cotangents() = default;
};

/// What a rule can do. `accumulate` adds the cotangent it would return into a buffer that the engine owns; null where
/// the rule has no such way, false where these shapes need the other one. `destroy` is null where there is nothing to.
struct RuleKind {
  Tensor (*call)(void* rule, Tensor&& cotangent);
  bool (*accumulate)(void* rule, const Tensor& cotangent, Tensor& into);
  void (*destroy)(void* rule) noexcept;
};

/// One tracked input of a node. A node with a joint rule has edges without rules of their own (`kind` is null).
struct Edge {
  const RuleKind* kind;
  void* rule;
  Edge* next;
  std::uint32_t parent;
  std::uint32_t input;  // its position among the op's inputs
};

/// Destroys the rules of a list of edges.
inline void forget_edges(Edge* edge) noexcept {
  for (; edge; edge = edge->next)
    if (edge->kind && edge->kind->destroy) edge->kind->destroy(edge->rule);
}

struct Joint {
  void (*call)(void* rule, Tensor&& cotangent, Cotangents& out);
  void (*destroy)(void* rule) noexcept;
  void* rule;
};

struct Node {
  const char* op;
  Edge* edges;
  Joint* joint;
  const std::int64_t* sizes;  // the shape of the value, for cotangents that must be summed down to it
  std::uint8_t rank;
  Dtype dtype;
  bool watched;
  std::uint32_t place;  // where it stands in the list of what is watched, the last time; kNowhere where it does not

  static constexpr std::uint32_t kNowhere = UINT32_MAX;
  Shape shape() const { return Shape(std::span(sizes, rank)); }
  bool has_shape(const Shape& other) const {
    if (other.rank() != rank) return false;
    for (int axis = 0; axis < rank; ++axis)
      if (other[axis] != sizes[axis]) return false;
    return true;
  }
};

/// Nodes by number, in chunks that never move.
class Nodes {
 public:
  static constexpr std::uint32_t kChunk = 1024;
  Node& operator[](std::uint32_t i) { return chunks_[i / kChunk][i % kChunk]; }
  std::uint32_t size() const { return size_; }
  Node& push() {
    if (next_ == end_) next_chunk();
    ++size_;
    return *next_++;
  }
  /// Makes sure that the next push does not throw.
  void make_room() {
    if (next_ == end_) next_chunk();
  }
  /// Gives up all nodes, and gives back the chunks beyond so many.
  void clear(std::size_t keep) noexcept {
    size_ = 0;
    next_ = end_ = nullptr;
    if (chunks_.size() > keep) chunks_.resize(keep);
    if (keep == 0) std::vector<std::unique_ptr<Node[]>>().swap(chunks_);
  }
  /// Gives up all nodes from this number on.
  void cut(std::uint32_t size) {
    size_ = size;
    const std::uint32_t within = size % kChunk;
    next_ = within ? &chunks_[size / kChunk][within] : nullptr;
    end_ = within ? next_ + (kChunk - within) : nullptr;
  }

 private:
  void next_chunk();
  std::vector<std::unique_ptr<Node[]>> chunks_;
  std::uint32_t size_ = 0;
  Node *next_ = nullptr, *end_ = nullptr;  // in the chunk in use
};

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

struct Log {
  std::atomic<std::uint64_t> serial{0};  // this opening's, unique in the process; 0 while closed
  std::atomic<bool> consumed{false};
  bool persistent = false;
  std::atomic<std::thread::id> thread;
  std::uint32_t index = 0;  // in the table of all logs
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
      make_room_in(displaced, 2);
  }
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

/// Sees what this thread records and sweeps as long as it lives; most often they nest. It may throw: of a recording
/// into the op's caller, after all have been told of it, of a sweep out of it.
class Observer {
 public:
  Observer() : Observer(true) {}
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() {  // most often the innermost
    Observer** link = &current_;
    while (*link && *link != this) link = &(*link)->outer_;
    if (*link) *link = outer_;
  }
  static Observer* current() { return current_; }
  /// The next to be told, or null.
  Observer* outer() const { return shares_ ? outer_ : nullptr; }
  /// True where sweeps are seen; they then take no shortcuts.
  static bool sees_sweeps() { return current_ && current_->shares_; }

  /// x is watched from now on, as node `node` of the log.
  virtual void watched(Log&, std::uint32_t /*node*/, const Tensor& /*x*/) {}
  /// y has just become node `node` of the log, made from these inputs, watched or not.
  virtual void recorded(Log&, std::uint32_t /*node*/, const Tensor& /*y*/, std::span<const Tensor* const> /*inputs*/) {}
  /// A sweep is about to call the rules of this node with cotangent g.
  virtual void sweeping(Log&, std::uint32_t /*node*/, const Tensor& /*g*/) {}
  /// Its rules have been called, and the cotangent let go.
  virtual void swept(Log&, std::uint32_t /*node*/) {}
  /// The rules of this node are gone, and with them what only they kept alive.
  virtual void forgot(Log&, std::uint32_t /*node*/) {}
  /// A rule returned this cotangent for input `input` of the node.
  virtual void passed(Log&, std::uint32_t /*node*/, std::uint32_t /*input*/, const Tensor& /*cotangent*/) {}

 protected:
  /// One that does not share sees recordings only, and what it sees is hidden from those outside it.
  explicit Observer(bool shares) : outer_(current_), shares_(shares) { current_ = this; }

 private:
  static thread_local constinit Observer* current_;
  Observer* outer_;
  bool shares_;
};
/// Calls tell(observer) for all observers of this thread, the innermost first.
template <class F>
void each_observer(F tell) {
  for (Observer* observer = Observer::current(); observer; observer = observer->outer()) tell(*observer);
}
void notify_recorded(Log* log, const Tensor& y, std::span<const Tensor* const> inputs);

/// The log that ops of this thread are recorded on right now, or null.
inline Log* recording() {
  Log* log = current_recording.log;
  return log && !current_recording.paused && !log->consumed.load(std::memory_order_relaxed) ? log : nullptr;
}

/// True where x has a node in this log.
inline bool tracked(const Log* log, const Tensor& x) {
  return x.body().serial.load(std::memory_order_relaxed) == log->serial.load(std::memory_order_relaxed);
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
inline Node& push_node(Log* log, const char* op, const Body& body, Edge* edges, Joint* joint) {
  const auto rank = static_cast<std::uint8_t>(body.shape.rank());
  auto* sizes = static_cast<std::int64_t*>(log->arena.allocate(sizeof(std::int64_t) * rank));
  for (int axis = 0; axis < rank; ++axis) sizes[axis] = body.shape[axis];
  Node& node = log->nodes.push();
  node = {op, edges, joint, sizes, rank, body.dtype, false, Node::kNowhere};
  log->with_rules.store(log->nodes.size(), std::memory_order_relaxed);
  return node;
}
/// Gives x, which may be known to other logs and threads, a node of its own in the log, which has made room. TapeError
/// where another thread has it, and nothing has changed then.
void append_node(Log* log, const char* op, const Tensor& x, Edge* edges = nullptr, Joint* joint = nullptr);
/// Protects the values of x while the log is open and unconsumed.
void stamp_anew(Log* log, const Tensor& x);
inline void stamp(Log* log, const Tensor& x) {
  if (x.body().base->stamp.load(std::memory_order_relaxed) != log->serial.load(std::memory_order_relaxed))
    stamp_anew(log, x);
}
/// Gives x a leaf node, or marks the node it has, once among the tensors watched from `first` on; integer tensors are
/// an error.
void watch(Log* log, const Tensor& x, const std::string* name, std::size_t first);

template <class F>
void destroy(void* rule) noexcept {
  static_cast<F*>(rule)->~F();
}

template <class Rule>
inline constexpr RuleKind kRuleKind = {
    [](void* rule, Tensor&& g) -> Tensor { return (*static_cast<Rule*>(rule))(std::move(g)); },
    [] {
      using Accumulate = bool (*)(void* rule, const Tensor& g, Tensor& into);
      if constexpr (requires(Rule & r, const Tensor& g, Tensor& into) { r.accumulate(g, into); })
        return Accumulate{
            [](void* rule, const Tensor& g, Tensor& into) { return static_cast<Rule*>(rule)->accumulate(g, into); }};
      else
        return Accumulate{};
    }(),
    std::is_trivially_destructible_v<Rule> ? nullptr : &destroy<Rule>};

/// An edge towards x, which is tracked, in front of others.
template <class Rule>
Edge* make_edge(Log* log, const Tensor& x, std::uint32_t input, Rule&& rule, Edge* others) {
  using Stored = std::remove_cvref_t<Rule>;
  struct EdgeWithRule {
    Edge edge;
    Stored rule;
  };
  static_assert(alignof(EdgeWithRule) <= Arena::kAlignment, "a rule may not capture over-aligned values");
  auto* stored = static_cast<EdgeWithRule*>(log->arena.allocate(sizeof(EdgeWithRule)));
  new (&stored->rule) Stored(std::forward<Rule>(rule));
  return new (&stored->edge) Edge{&kRuleKind<Stored>, &stored->rule, others, x.body().node, input};
}

/// A joint rule, with what destroys it.
template <class F>
Joint* make_joint(Log* log, F&& rule) {
  using Stored = std::remove_cvref_t<F>;
  static_assert(alignof(Stored) <= Arena::kAlignment, "a rule may not capture over-aligned values");
  void* joint = log->arena.allocate(sizeof(Joint));
  void* stored = new (log->arena.allocate(sizeof(Stored))) Stored(std::forward<F>(rule));
  return new (joint) Joint{[](void* r, Tensor&& g, Cotangents& out) { (*static_cast<Stored*>(r))(std::move(g), out); },
                           &destroy<Stored>, stored};
}

}  // namespace retrograd::detail
