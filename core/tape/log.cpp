#include "log.h"

#include <algorithm>
#include <mutex>

#include "../base/error.h"
#include "../base/locks.h"
#include "../base/storage.h"
#include "limit.h"
#include "observer.h"

namespace retrograd::detail {

// Defined here rather than inline: a program built with hidden symbols would otherwise get its own copy besides the
// shared library's.
thread_local constinit Recording current_recording{};

void Log::make_room_for_displaced() { make_room_in(displaced, 2); }

void Log::forget_from(std::uint32_t begin) noexcept {
  for (std::uint32_t i = with_rules.load(std::memory_order_relaxed); i > begin;) {
    with_rules.store(--i, std::memory_order_relaxed);
    forget_node(nodes[i]);
  }
}

void Log::cut(std::uint32_t begin, const Arena::Place& place) noexcept {
  for (; !suspended.empty() && suspended.back().end > begin; suspended.pop_back()) *suspended.back().is_whole = false;
  nodes.cut(begin);
  arena.cut(place);
}

void Log::unwatch_from(std::size_t begin) noexcept {
  for (; watched.size() > begin; watched.pop_back())
    if (const Watched& last = watched.back(); last.node < nodes.size()) nodes[last.node].place = last.before;
}

namespace {

// Logs are never destroyed: a body may refer to the log it was last recorded on long after that log closed. Idle logs
// form intrusive lists, so that closing one cannot fail for lack of memory.
struct Logs {
  Log* idle = nullptr;  // these hold no memory
  std::uint32_t count = 0;
};
constinit Logs logs;  // guarded by locks().logs
constexpr std::uint32_t kMostLogs = 1u << 16;
std::atomic<Log*> log_table[kMostLogs];

// A few logs that this thread has used and may reuse: without a lock, and with warm memory. They keep what a large step
// needs, and beyond that what both of the last two tapes needed; what one tape alone needed is freed, and so is the
// memory of any further log.
constexpr int kKeptLogs = 4;
constexpr std::uint32_t kKeptNodes = 64 * Nodes::kChunk;
constexpr std::size_t kKeptBytes = std::size_t{4} << 20;
struct OwnLogs {
  Log* idle = nullptr;
  int count = 0;
  bool keeps = false;  // until the thread ends
};
thread_local constinit OwnLogs own_logs;

Log* pop(Log*& list) {
  Log* log = list;
  if (log) list = log->next_idle;
  return log;
}
void push(Log*& list, Log* log) { log->next_idle = std::exchange(list, log); }

template <class T>
void give_back_beyond(std::vector<T>& list, std::size_t keep) {
  list.clear();
  if (list.capacity() * sizeof(T) > keep) std::vector<T>().swap(list);
}

// Frees the memory of a closed log beyond this many nodes and bytes of each kind.
void trim(Log& log, std::uint32_t nodes, std::size_t bytes) noexcept {
  log.nodes.clear((nodes + Nodes::kChunk - 1) / Nodes::kChunk);
  log.arena.clear(bytes);
  give_back_beyond(log.watched, bytes);
  give_back_beyond(log.displaced, bytes);
  give_back_beyond(log.suspended, bytes);
  std::erase_if(log.spare_cotangents,
                [bytes](const std::vector<Tensor>& one) { return one.capacity() * sizeof(Tensor) > bytes; });
}

void share(Log* log) noexcept {
  trim(*log, 0, 0);
  const std::lock_guard lock(locks().logs);
  push(logs.idle, log);
}

struct ShareAtThreadExit {
  ShareAtThreadExit() { own_logs.keeps = true; }
  ~ShareAtThreadExit() {
    own_logs.keeps = false;
    while (Log* log = pop(own_logs.idle)) share(log);
  }
};

Log* idle_log() {
  if (Log* log = pop(own_logs.idle)) {
    --own_logs.count;
    return log;
  }
  thread_local ShareAtThreadExit at_exit;
  static_cast<void>(at_exit);
  const std::lock_guard lock(locks().logs);
  if (Log* log = pop(logs.idle)) return log;
  if (logs.count == kMostLogs) fail<TapeError>("tape: more than {} tapes are open at once", kMostLogs);
  Log* log = new Log;
  log->index = logs.count;
  log_table[logs.count++].store(log, std::memory_order_release);
  return log;
}

}  // namespace

Log& log_of(std::uint64_t serial) { return *log_table[serial >> kSerialBits].load(std::memory_order_acquire); }

std::int64_t live_nodes() {
  const std::lock_guard lock(locks().logs);
  std::int64_t nodes = 0;
  for (std::uint32_t i = 0; i < logs.count; ++i) {
    const Log& log = *log_table[i].load(std::memory_order_relaxed);
    if (log.serial.load(std::memory_order_relaxed) != 0 &&
        log.thread.load(std::memory_order_relaxed) == &current_recording)
      nodes += log.with_rules.load(std::memory_order_relaxed);
  }
  return nodes;
}

namespace {
// Called before a pool allocates from the system; does nothing if this thread does not record.
void check_growth(const Pool& pool, std::int64_t more) {
  Log* log = recording();
  if (!log || pool.held_bytes <= std::max<std::int64_t>(tape_limit().bytes, 0) - more) return;
  check_memory_limit(live_bytes_of(pool), more, log->nodes.size(), [log] { return log->nodes.largest_ops(); });
}
}  // namespace

Log* open_log(bool persistent) {
  Log* log = idle_log();
  growth_check.store(check_growth, std::memory_order_release);  // pools call it from now on
  log->persistent = persistent;
  log->thread.store(&current_recording, std::memory_order_relaxed);
  log->consumed.store(false, std::memory_order_release);
  log->serial.store(std::uint64_t{log->index} << kSerialBits | ++log->openings, std::memory_order_release);
  return log;
}

// If the log closes after one that opened inside it, or was opened after it, some tensors no longer belong to it.
void give_back(Log* log) noexcept {
  const std::uint64_t serial = log->serial.load(std::memory_order_relaxed);
  for (Displaced& was : log->displaced) {
    Body& body = was.tensor.body();
    if (is_live(was.serial) && body.tape.serial.load(std::memory_order_relaxed) == serial) {
      body.tape.serial.store(was.serial, std::memory_order_relaxed);
      body.tape.node = was.node;
    }
    was.serial = 0;
  }
}

void close_log(Log* log) noexcept {
  log->forget_from(0);
  // A tape closed by another thread is suspended, and has already given its tensors back.
  give_back(log);
  const std::uint64_t serial = log->serial.load(std::memory_order_relaxed);
  log->serial.store(0, std::memory_order_release);
  for (const Displaced& was : log->displaced) {
    std::uint64_t own = serial;
    if (is_live(was.stamp))
      was.tensor.body().base->tape.stamp.compare_exchange_strong(own, was.stamp, std::memory_order_relaxed);
  }
  if (!own_logs.keeps || own_logs.count == kKeptLogs) return share(log);
  const std::uint32_t nodes = log->nodes.size();
  const std::size_t bytes = log->arena.used();
  trim(*log, std::max(kKeptNodes, std::min(nodes, std::exchange(log->nodes_before, nodes))),
       std::max(kKeptBytes, std::min(bytes, std::exchange(log->bytes_before, bytes))));
  push(own_logs.idle, log);
  ++own_logs.count;
}

void free_idle_logs() noexcept {
  for (Log* log = own_logs.idle; log; log = log->next_idle) trim(*log, 0, 0);
}

namespace {
bool is_own(std::uint64_t serial, const Log* log) {
  return log_of(serial).thread.load(std::memory_order_relaxed) == log->thread.load(std::memory_order_relaxed);
}
}  // namespace

// The stamp guards against mistakes of a single thread: if two threads save the same values, the later stamp stays.
void stamp_anew(Log* log, const Tensor& x) {
  std::atomic<std::uint64_t>& stamp = x.body().base->tape.stamp;
  const std::uint64_t serial = log->serial.load(std::memory_order_relaxed), was = stamp.load(std::memory_order_relaxed);
  if (is_live(was) && is_own(was, log)) log->displaced.push_back({x, 0, 0, was});
  stamp.store(serial, std::memory_order_relaxed);
}

void append_node(Log* log, const char* op, NodeKind kind, const Tensor& x, Edge* edges, Joint* joint) {
  Body& body = x.body();
  const std::uint64_t serial = log->serial.load(std::memory_order_relaxed);
  std::uint64_t was = body.tape.serial.load(std::memory_order_relaxed);
  const bool elsewhere = was != serial && is_live(was);
  if ((elsewhere && !is_own(was, log)) ||
      !body.tape.serial.compare_exchange_strong(was, serial, std::memory_order_relaxed))
    fail<TapeError>("watch: this {} tensor is watched on another thread; give each thread an alias (rg::alias)",
                    described(x));
  if (elsewhere) log->displaced.push_back({x, was, body.tape.node, 0});
  push_node(log, op, kind, body, edges, joint);
  body.tape.node = log->nodes.size() - 1;
}

void watch(Log* log, const Tensor& x, const std::string* name, std::size_t first) {
  if (!is_floating(x.dtype()))
    fail<DtypeError>("watch: only float32 and float64 tensors have gradients, got {}{}", x.dtype(),
                     name ? fmt::format(" for {}", *name) : "");
  if (log->watched.size() == log->watched.capacity()) [[unlikely]]
    make_room_in(log->watched, 1);
  log->make_room();
  if (!tracked(log, x)) append_node(log, "watch", NodeKind::watched, x);
  stamp(log, x);
  const std::uint32_t number = x.body().tape.node;
  Node& node = log->nodes[number];
  if (node.place != Node::kNowhere && node.place >= first) return;
  log->watched.push_back({x, number, name, node.place});
  node.place = static_cast<std::uint32_t>(log->watched.size() - 1);
  node.watched = true;
  if (Observer::current()) [[unlikely]]
    each_observer([&](Observer& observer) { observer.watched(*log, number, x); });
}

}  // namespace retrograd::detail
