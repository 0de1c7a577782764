// The memory used by tensors, over all threads. Pools maintain the counts as they work; a query sums them up, and
// recording and computing cost nothing more. Does not count memory outside tensors.
#pragma once
#include <cstdint>
#include <string>

#include "../base/text.h"

namespace retrograd {

/// Counts over all threads; bytes are those of blocks that hold tensors.
struct Memory {
  /// Bytes in live blocks: values and a 128-byte header (192 from four axes on) each, rounded up to a size class.
  std::int64_t live_bytes;
  /// Bytes in free blocks that pools keep for later tensors of the same size class.
  std::int64_t pooled_bytes;
  /// The bytes that pools needed: the sum over threads and size classes of the maximum number live at once since the
  /// peak was reset. It is at least the maximum that was live in total, and exactly what a fresh process would have
  /// allocated from the system for the same work.
  std::int64_t peak_bytes;
  /// Live blocks: one for each tensor or view with a handle, and a few internal ones.
  std::int64_t live_blocks;
  /// Nodes on this thread's open tapes whose rules have not been freed.
  std::int64_t live_nodes;
};

/// The current counts.
Memory memory();
/// Resets peak_bytes to what is live. Pools of other running threads keep their peaks.
void reset_peak();
/// Returns the free blocks of this thread, and of threads that have ended, to the system; returns their size in bytes.
/// Also frees what closed tapes of this thread keep for later ones.
std::int64_t release_pooled();

/// "1.20 MiB live in 57 blocks, 512 KiB pooled, peak 3.40 MiB, 12 nodes on tapes"
std::string to_string(const Memory& memory);

}  // namespace retrograd

template <>
struct fmt::formatter<retrograd::Memory> : retrograd::detail::TextFormatter {
  auto format(const retrograd::Memory& memory, fmt::format_context& context) const {
    return write(retrograd::to_string(memory), context);
  }
};
