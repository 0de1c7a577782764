#include "limit.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <string>

#include "../base/error.h"
#include "../base/text.h"

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

void detail::check_node_limit(std::int64_t nodes, std::int64_t most, FunctionRef<std::string()> largest) {
  most = std::min(tape_limit().nodes, most);
  if (nodes >= most)
    detail::fail<TapeError>("tape: {} nodes are recorded, and the limit is {}; the largest values are from {}; {}",
                            nodes, most, largest(), kAdvice);
}

void detail::check_memory_limit(std::int64_t live, std::int64_t more, std::int64_t nodes,
                                FunctionRef<std::string()> largest) {
  const std::int64_t most = std::max<std::int64_t>(tape_limit().bytes, 0);
  if (live > most - more)
    detail::fail<TapeError>(
        "tape: {} in tensors while {} nodes are recorded, {} more are requested, and the limit is {}; the largest "
        "values are from {}; {}",
        bytes_text(live), nodes, bytes_text(more), bytes_text(most), largest(), kAdvice);
}

}  // namespace retrograd
