#include "memory.h"

#include <algorithm>

#include "../base/storage.h"
#include "../base/text.h"
#include "../tensor/format.h"
#include "log.h"

namespace retrograd {

Memory memory() {
  const detail::PoolTotals pools = detail::pool_totals();
  // The counts are not a consistent snapshot: other threads continue while they are read.
  return {pools.live_bytes, std::max<std::int64_t>(0, pools.held_bytes - pools.live_bytes),
          std::max(pools.peak_bytes, pools.live_bytes), pools.live_blocks, detail::live_nodes()};
}

void reset_peak() { detail::reset_peaks(); }

std::int64_t release_pooled() {
  detail::free_idle_logs();
  return detail::free_idle_blocks();
}

std::string to_string(const Memory& memory) {
  return fmt::format("{} live in {} blocks, {} pooled, peak {}, {} nodes on tapes",
                     detail::bytes_text(memory.live_bytes), memory.live_blocks, detail::bytes_text(memory.pooled_bytes),
                     detail::bytes_text(memory.peak_bytes), memory.live_nodes);
}

}  // namespace retrograd
