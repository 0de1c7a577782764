// Memory for values: reference-counted, 64-byte-aligned blocks from a caching pool, one pool a thread. A block freed on
// another thread goes back to the pool it came from; a pool outlives its thread and is adopted by a later one, so
// nothing dangles when a static tensor outlives the thread that made it. Knows bytes, not dtypes.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace retrograd::detail {

struct Pool;

/// The head of a block; the payload follows it. `stamp` is the serial of the log that saved the values last, for the
/// write guard; 0 means none.
struct alignas(64) Block {
  std::atomic<std::uint32_t> refs;
  std::uint32_t size_class;
  Pool* owner;
  Block* next;
  std::atomic<std::uint64_t> stamp;

  std::byte* payload() { return reinterpret_cast<std::byte*>(this + 1); }
  static Block* of(void* payload) { return static_cast<Block*>(payload) - 1; }
};

/// A block with room for `bytes`, one reference, no stamp; its contents are whatever was there.
Block* take_block(std::size_t bytes);
/// Hands a block back to its pool.
void give_block(Block* block) noexcept;

inline void retain(Block* block) { block->refs.fetch_add(1, std::memory_order_relaxed); }
inline void release(Block* block) noexcept {
  if (block->refs.fetch_sub(1, std::memory_order_acq_rel) == 1) give_block(block);
}

/// Bytes in blocks that are handed out, over all threads. A block freed to the pool of a thread that has ended counts
/// until a later thread adopts that pool.
std::int64_t live_bytes();

}  // namespace retrograd::detail
