#include "limit.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <unordered_map>
#include <vector>

#include "../base/error.h"
#include "../base/text.h"
#include "../tensor/format.h"
#include "log.h"

namespace retrograd {

namespace {

struct Defaults {
  std::atomic<std::int64_t> nodes{TapeLimit().nodes}, bytes{TapeLimit().bytes};
};
Defaults& defaults() {
  static Defaults instance;
  return instance;
}
thread_local constinit const TapeLimitScope* innermost = nullptr;

// "add (500000 times, 122 MiB), …": the ops whose values are the largest, and, where those are others, the most
// frequent.
std::string largest_ops(detail::Nodes& nodes) {
  struct Total {
    std::string op;
    std::int64_t count = 0, bytes = 0;
  };
  std::unordered_map<std::string, Total> by_op;
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    const detail::Node& node = nodes[i];
    Total& total = by_op[node.op];
    total.op = node.op;
    ++total.count;
    total.bytes += node.shape().size() * static_cast<std::int64_t>(size_of(node.dtype));
  }
  std::vector<Total> totals;
  totals.reserve(by_op.size());
  for (auto& [op, total] : by_op) totals.push_back(std::move(total));
  std::sort(totals.begin(), totals.end(), [](const Total& a, const Total& b) {
    return a.bytes != b.bytes ? a.bytes > b.bytes : a.count != b.count ? a.count > b.count : a.op < b.op;
  });
  std::string text;
  for (std::size_t i = 0; i < totals.size() && i < 3; ++i)
    text += fmt::format("{}{} ({} times, {})", text.empty() ? "" : ", ", totals[i].op, totals[i].count,
                        detail::bytes_text(totals[i].bytes));
  return text;
}

constexpr const char* kAdvice =
    "a loop inside the tape's scope, or a running sum of what it tracks, keeps every step on the tape: open the Tape "
    "inside the loop, sum detach(loss), or raise the limit by a TapeLimitScope";

}  // namespace

std::int64_t detail::machine_memory() {
  static const std::int64_t bytes = [] {
    const std::int64_t pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    return pages > 0 && page > 0 ? pages * page : unlimited;
  }();
  return bytes;
}

TapeLimit tape_limit() {
  if (innermost) return innermost->limit_;
  return {defaults().nodes.load(std::memory_order_relaxed), defaults().bytes.load(std::memory_order_relaxed)};
}

void set_tape_limit(const TapeLimit& limit) {
  defaults().nodes.store(limit.nodes, std::memory_order_relaxed);
  defaults().bytes.store(limit.bytes, std::memory_order_relaxed);
}

TapeLimitScope::TapeLimitScope(const TapeLimit& limit) : limit_(limit), outer_(innermost) { innermost = this; }
TapeLimitScope::~TapeLimitScope() { innermost = outer_; }

void detail::check_node_limit(Nodes& nodes) {
  if (nodes.size() == 0) return;
  // Nodes are numbered by 32 bits, whatever the limit.
  const std::int64_t most = std::min<std::int64_t>(tape_limit().nodes, UINT32_MAX - Nodes::kChunk);
  if (nodes.size() >= most)
    fail<TapeError>("tape: {} nodes are recorded, and the limit is {}; the largest values are of {}; {}", nodes.size(),
                    most, largest_ops(nodes), kAdvice);
}

void detail::check_memory_limit(const Pool& pool, std::int64_t more) {
  Log* log = recording();
  if (!log) return;
  const std::int64_t most = std::max<std::int64_t>(tape_limit().bytes, 0);
  if (pool.held_bytes <= most - more) return;
  const std::int64_t live = live_bytes_of(pool);
  if (live > most - more)
    fail<TapeError>(
        "tape: {} in tensors while {} nodes are recorded, {} more are wanted, and the limit is {}; the largest values "
        "are of {}; {}",
        bytes_text(live), log->nodes.size(), bytes_text(more), bytes_text(most), largest_ops(log->nodes), kAdvice);
}

}  // namespace retrograd
