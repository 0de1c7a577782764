// What tensors take of the machine's memory, over all threads. Everything here is counted by pools as they work; asking
// sums it up, and recording and computing cost nothing more. Does not count memory outside tensors.
#pragma once
#include <cstdint>
#include <string>

#include "../base/text.h"

namespace retrograd {

/// Counts over all threads; bytes are those of the blocks that hold tensors.
struct Memory {
  /// Bytes in blocks that are in use: values, and the 192-byte head of each, rounded up to a size class.
  std::int64_t live_bytes;
  /// Bytes in free blocks that pools keep for the next tensor of their size.
  std::int64_t pooled_bytes;
  /// The bytes that pools needed: for each thread and size class, the most that were live at once since the peak was
  /// reset, summed up. So it is never less than the most that were live, and exactly what a fresh process would have
  /// taken from the system for the same work.
  std::int64_t peak_bytes;
  /// Blocks in use: one for each tensor or view that somebody holds, and a few of the engine's own.
  std::int64_t live_blocks;
  /// Nodes on this thread's open tapes whose rules are not freed yet.
  std::int64_t live_nodes;
};

/// The counts as they are now.
Memory memory();
/// Lets peak_bytes start over from what is live. Pools of other running threads keep their peaks.
void reset_peak();
/// Gives the free blocks of this thread back to the system, and those of threads that have ended; returns their bytes.
/// What closed tapes of this thread have left for the next ones goes, too.
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
