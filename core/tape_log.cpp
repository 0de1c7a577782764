#include "tape_log.h"

#include <mutex>

#include "error.h"
#include "format.h"

namespace retrograd::detail {

std::size_t Arena::next_chunk(std::size_t bytes) {
  constexpr std::size_t kChunkBytes = 64 * 1024;
  if (chunk_ < chunks_.size()) ++chunk_;
  while (chunk_ < chunks_.size() && chunks_[chunk_].size < bytes) ++chunk_;
  if (chunk_ == chunks_.size()) {
    const std::size_t size = std::max(kChunkBytes, bytes);
    chunks_.push_back({std::make_unique_for_overwrite<std::byte[]>(size), size});
  }
  return 0;
}

void Log::forget_node(Node& node) noexcept {
  for (Edge* edge = std::exchange(node.edges, nullptr); edge; edge = edge->next)
    if (edge->rule) edge->destroy(edge->rule);
  if (Joint* joint = std::exchange(node.joint, nullptr)) joint->destroy(joint->rule);
}

void Log::forget(std::uint32_t begin, std::uint32_t end) noexcept {
  for (std::uint32_t i = end; i-- > begin;) forget_node(nodes[i]);
}

namespace {

// Logs are never destroyed: a body may point at the log it was last recorded on long after that log closed.
struct Logs {
  std::mutex mutex;
  std::vector<Log*> idle;
  std::vector<std::unique_ptr<Log>> all;
};
Logs& logs() {
  static Logs& instance = *new Logs;
  return instance;
}

// The logs this thread has used and may use again: reused without a lock and with warm memory.
struct OwnLogs {
  std::vector<Log*> idle;
  ~OwnLogs() {
    const std::lock_guard lock(logs().mutex);
    logs().idle.insert(logs().idle.end(), idle.begin(), idle.end());
  }
};
OwnLogs& own_logs() {
  thread_local OwnLogs instance;
  return instance;
}

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
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
  logs().all.push_back(std::make_unique<Log>());
  return logs().all.back().get();
}

}  // namespace

Log* open_log(bool persistent) {
  Log* log = idle_log();
  log->persistent = persistent;
  log->thread = std::this_thread::get_id();
  log->consumed.store(false, std::memory_order_relaxed);
  log->serial.store(next_serial(), std::memory_order_relaxed);
  return log;
}

void close_log(Log* log) noexcept {
  log->forget(0, log->nodes.size());
  log->serial.store(0, std::memory_order_relaxed);
  while (!log->displaced.empty()) {
    const Displaced& was = log->displaced.back();
    Body& body = was.tensor.body();
    if (is_live(was.node_log, was.node_serial)) {
      body.log = was.node_log;
      body.serial = was.node_serial;
      body.node = was.node;
    }
    if (is_live(was.stamp_log, was.stamp_serial)) {
      body.storage->stamp_log = was.stamp_log;
      body.storage->stamp_serial = was.stamp_serial;
    }
    log->displaced.pop_back();
  }
  log->watched.clear();
  log->nodes.clear();
  log->arena.clear();
  own_logs().idle.push_back(log);
}

void stamp(Log* log, const Tensor& x) {
  Block& storage = *x.body().storage;
  const std::uint64_t serial = log->serial.load(std::memory_order_relaxed);
  if (storage.stamp_log == log && storage.stamp_serial == serial) return;
  if (is_live(storage.stamp_log, storage.stamp_serial))
    log->displaced.push_back({x, nullptr, 0, 0, storage.stamp_log, storage.stamp_serial});
  storage.stamp_log = log;
  storage.stamp_serial = serial;
}

Node& append_node(Log* log, const char* op, const Tensor& x) {
  Body& body = x.body();
  const std::uint64_t serial = log->serial.load(std::memory_order_relaxed);
  if (body.log != log && is_live(body.log, body.serial)) {
    if (body.log->thread != log->thread)
      fail<TapeError>(
          "watch: this {} tensor is watched on another thread; give each thread an alias (value_and_grad does)",
          x.shape());
    log->displaced.push_back({x, body.log, body.serial, body.node, nullptr, 0});
  }
  const int rank = body.shape.rank();
  auto* sizes = static_cast<std::int64_t*>(
      log->arena.allocate(sizeof(std::int64_t) * static_cast<std::size_t>(rank), alignof(std::int64_t)));
  for (int axis = 0; axis < rank; ++axis) sizes[axis] = body.shape[axis];
  Node& node = log->nodes.push();
  node = {op, nullptr, nullptr, sizes, static_cast<std::uint8_t>(rank), body.dtype, false};
  body.log = log;
  body.serial = serial;
  body.node = log->nodes.size() - 1;
  return node;
}

void watch(Log* log, const Tensor& x, const std::string* name) {
  if (!is_floating(x.dtype()))
    fail<DtypeError>("watch: only float32 and float64 tensors have gradients, got {}{}", x.dtype(),
                     name ? fmt::format(" for {}", *name) : "");
  if (!tracked(log, x)) append_node(log, "watch", x);
  stamp(log, x);
  log->nodes[x.body().node].watched = true;
  log->watched.push_back({x, x.body().node, name});
}

}  // namespace retrograd::detail
