#include "tape_log.h"

#include <algorithm>
#include <exception>
#include <mutex>

#include "error.h"
#include "format.h"
#include "growth.h"

namespace retrograd::detail {

// Not inline, as own_pool is not.
thread_local constinit Recording current_recording{};
thread_local constinit Observer* Observer::current_ = nullptr;

std::byte* Arena::next_chunk(std::size_t bytes) {
  constexpr std::size_t kChunkBytes = 64 * 1024;
  if (next_) ++chunk_;
  while (chunk_ < chunks_.size() && chunks_[chunk_].size < bytes) ++chunk_;
  if (chunk_ == chunks_.size()) {
    const std::size_t size = std::max(kChunkBytes, bytes);
    chunks_.push_back({std::make_unique_for_overwrite<std::byte[]>(size), size});
  }
  next_ = chunks_[chunk_].memory.get();
  end_ = next_ + chunks_[chunk_].size;
  return next_;
}

void Arena::clear() {
  chunk_ = 0;
  next_ = end_ = nullptr;
}

void Nodes::next_chunk() {
  check_node_growth(*this);
  if (size_ == chunks_.size() * kChunk) chunks_.push_back(std::make_unique<Node[]>(kChunk));
  next_ = &chunks_[size_ / kChunk][0];
  end_ = next_ + kChunk;
}

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

namespace {

// Logs are never destroyed: a body may point at the log it was last recorded on long after that log closed.
struct Logs {
  std::mutex mutex;
  std::vector<Log*> idle;
  std::uint32_t count = 0;
};
constexpr std::uint32_t kMostLogs = 1u << 16;
std::atomic<Log*> log_table[kMostLogs];

Logs& logs() {
  static Logs& instance = *new Logs;
  return instance;
}

// The logs this thread has used and may use again: reused without a lock and with warm memory.
thread_local constinit bool own_logs_have_ended = false;
struct OwnLogs {
  std::vector<Log*> idle;
  ~OwnLogs() {
    own_logs_have_ended = true;
    const std::lock_guard lock(logs().mutex);
    logs().idle.insert(logs().idle.end(), idle.begin(), idle.end());
  }
};
OwnLogs& own_logs() {
  thread_local OwnLogs instance;
  return instance;
}

Log* idle_log() {
  std::vector<Log*>& idle = own_logs().idle;
  if (!idle.empty()) {
    Log* log = idle.back();
    idle.pop_back();
    return log;
  }
  const std::lock_guard lock(logs().mutex);
  if (!logs().idle.empty()) {
    Log* log = logs().idle.back();
    logs().idle.pop_back();
    return log;
  }
  if (logs().count == kMostLogs) fail<TapeError>("tape: more than {} tapes are open at once", kMostLogs);
  Log* log = new Log;
  log->index = logs().count;
  log_table[logs().count++].store(log, std::memory_order_release);
  return log;
}

}  // namespace

Log& log_of(std::uint64_t serial) { return *log_table[serial >> kSerialBits].load(std::memory_order_acquire); }

std::int64_t live_nodes() {
  const std::lock_guard lock(logs().mutex);
  std::int64_t nodes = 0;
  for (std::uint32_t i = 0; i < logs().count; ++i) {
    const Log& log = *log_table[i].load(std::memory_order_relaxed);
    if (log.serial.load(std::memory_order_relaxed) != 0 && log.thread == std::this_thread::get_id())
      nodes += log.with_rules.load(std::memory_order_relaxed);
  }
  return nodes;
}

Log* open_log(bool persistent) {
  Log* log = idle_log();
  log->persistent = persistent;
  log->thread.store(std::this_thread::get_id(), std::memory_order_relaxed);
  log->consumed.store(false, std::memory_order_relaxed);
  log->serial.store(std::uint64_t{log->index} << kSerialBits | ++log->openings, std::memory_order_relaxed);
  return log;
}

// Where a log closes after one that opened inside it, or was opened after it, some are no longer its own to give.
void give_back(Log* log) noexcept {
  const std::uint64_t serial = log->serial.load(std::memory_order_relaxed);
  for (Displaced& was : log->displaced) {
    Body& body = was.tensor.body();
    if (is_live(was.serial) && body.serial.load(std::memory_order_relaxed) == serial) {
      body.serial.store(was.serial, std::memory_order_relaxed);
      body.node = was.node;
    }
    was.serial = 0;
  }
}

void close_log(Log* log) noexcept {
  log->forget_from(0);
  // A tape that another thread closes is suspended, and has given back already.
  give_back(log);
  const std::uint64_t serial = log->serial.load(std::memory_order_relaxed);
  log->serial.store(0, std::memory_order_relaxed);
  for (const Displaced& was : log->displaced) {
    std::uint64_t own = serial;
    if (is_live(was.stamp))
      was.tensor.body().base->stamp.compare_exchange_strong(own, was.stamp, std::memory_order_relaxed);
  }
  log->displaced.clear();
  log->suspended.clear();
  log->watched.clear();
  log->nodes.clear();
  log->arena.clear();
  if (!own_logs_have_ended) {
    own_logs().idle.push_back(log);
  } else {  // a tape that something static kept
    const std::lock_guard lock(logs().mutex);
    logs().idle.push_back(log);
  }
}

namespace {
bool is_own(std::uint64_t serial, const Log* log) {
  return log_of(serial).thread.load(std::memory_order_relaxed) == log->thread.load(std::memory_order_relaxed);
}
}  // namespace

// The stamp guards against this thread's mistakes: where two threads save the same values, the later one's stands.
void stamp_anew(Log* log, const Tensor& x) {
  std::atomic<std::uint64_t>& stamp = x.body().base->stamp;
  const std::uint64_t serial = log->serial.load(std::memory_order_relaxed), was = stamp.load(std::memory_order_relaxed);
  if (is_live(was) && is_own(was, log)) log->displaced.push_back({x, 0, 0, was});
  stamp.store(serial, std::memory_order_relaxed);
}

Node& append_node(Log* log, const char* op, const Tensor& x) {
  log->nodes.make_room();  // before x says that it has a node
  Body& body = x.body();
  const std::uint64_t serial = log->serial.load(std::memory_order_relaxed);
  std::uint64_t was = body.serial.load(std::memory_order_relaxed);
  const bool elsewhere = was != serial && is_live(was);
  if (elsewhere && is_own(was, log)) log->displaced.push_back({x, was, body.node, 0});
  if ((elsewhere && !is_own(was, log)) || !body.serial.compare_exchange_strong(was, serial, std::memory_order_relaxed))
    fail<TapeError>(
        "watch: this {} tensor is watched on another thread; give each thread an alias (value_and_grad does)",
        described(x));
  return push_node(log, op, body);
}

void watch(Log* log, const Tensor& x, const std::string* name, std::size_t first) {
  if (!is_floating(x.dtype()))
    fail<DtypeError>("watch: only float32 and float64 tensors have gradients, got {}{}", x.dtype(),
                     name ? fmt::format(" for {}", *name) : "");
  if (!tracked(log, x)) append_node(log, "watch", x);
  stamp(log, x);
  const std::uint32_t node = x.body().node;
  if (std::exchange(log->nodes[node].watched, true))
    for (std::size_t i = first; i < log->watched.size(); ++i)
      if (log->watched[i].node == node) return;
  log->watched.push_back({x, node, name});
  if (Observer::current()) [[unlikely]]
    each_observer([&](Observer& observer) { observer.watched(*log, node, x); });
}

void notify_recorded(Log* log, const Tensor& y, std::span<const Tensor* const> inputs) {
  std::exception_ptr refusal;
  each_observer([&](Observer& observer) {
    try {
      observer.recorded(*log, y.body().node, y, inputs);
    } catch (...) {
      if (!refusal) refusal = std::current_exception();
    }
  });
  if (refusal) std::rethrow_exception(refusal);
}

}  // namespace retrograd::detail
