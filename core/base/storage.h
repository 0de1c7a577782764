// Memory from a caching pool, one pool per thread, in 64-byte-aligned blocks: a header followed by the payload. A block
// freed on another thread returns to the pool it came from; a pool outlives its thread and is adopted by a later one,
// so nothing dangles when a static tensor outlives the thread that created it. Does not depend on what a block holds.
#pragma once
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>
#include <vector>

namespace retrograd::detail {

struct Pool;

/// The header of a block, with its reference count; the payload follows in the same allocation.
struct Block {
  Pool* owner;
  Block* next;
  std::uint16_t size_class;
  std::uint16_t slab;  // of its owner, where small blocks lie side by side; 0 for memory of its own
  std::atomic<std::uint32_t> refs;
};

/// Bytes reserved for the header; the owner may keep a larger one there, which must begin with a Block.
inline constexpr std::size_t kBlockHead = 128;

// Four size classes per octave: 64, 80, 96, 112, 128, 160 …, so that at most a fifth of a block is wasted.
inline constexpr std::size_t kSmallestBlock = 64;
inline constexpr std::uint32_t kSizeClasses = 4 * 42;

inline std::uint32_t size_class_of(std::size_t bytes) {
  if (bytes <= kSmallestBlock) return 0;
  const int octave = static_cast<int>(std::bit_width(bytes - 1)) - 1;
  const std::size_t step = (bytes - 1) >> (octave - 2) & 3;
  return static_cast<std::uint32_t>(4 * (octave - 6) + static_cast<int>(step) + 1);
}
inline std::size_t bytes_of_class(std::uint32_t size_class) {
  return (kSmallestBlock << (size_class / 4)) + (kSmallestBlock / 4 << (size_class / 4)) * (size_class % 4);
}

struct Pool {
  struct SizeClass {
    Block* free = nullptr;
    std::atomic<std::int64_t> live{0};  // blocks handed out; only the owner writes it

    void count(std::int64_t blocks) {
      live.store(live.load(std::memory_order_relaxed) + blocks, std::memory_order_relaxed);
    }
    Block* take() {
      Block* block = free;
      if (block) {
        free = block->next;
        count(1);
      }
      return block;
    }
  };
  SizeClass classes[kSizeClasses];
  // Fields used only on the slow path, kept apart so that the classes above stay dense. After `peak` is reset no free
  // blocks are left, so any block beyond those live at that time comes from the slow path: only there can the number of
  // live blocks exceed its peak.
  struct Reserve {
    Block* cold = nullptr;                      // free blocks set aside when the peak was reset
    std::atomic<std::int64_t> held{0};          // blocks taken from the system
    std::atomic<std::int64_t> peak{0};          // the maximum live at once
    std::byte *next = nullptr, *end = nullptr;  // of a slab, what has not been cut into blocks yet
    std::uint16_t slab = 0;
  };
  Reserve reserves[kSizeClasses];
  // Memory that is cut into blocks of one class. It is freed when all of them are idle.
  struct Slab {
    std::byte* memory = nullptr;  // null in an entry that is not in use
    std::uint32_t blocks = 0;     // cut so far
    std::uint32_t idle = 0;       // counted by whoever frees
  };
  std::vector<Slab> slabs;                // from number 1 on
  std::int64_t held_bytes = 0;            // only accessed by the owner
  std::atomic<Block*> returned{nullptr};  // pushed by other threads, emptied by the owner
  Pool* next_idle = nullptr;
  Pool* next_known = nullptr;

  void keep(Block* block) {
    SizeClass& home = classes[block->size_class];
    home.count(-1);
    block->next = std::exchange(home.free, block);
  }
};

extern thread_local constinit Pool* own_pool;

/// Called before a pool allocates `more` bytes from the system; may throw. Null if there is no check.
using GrowthCheck = void (*)(const Pool& pool, std::int64_t more);
extern constinit std::atomic<GrowthCheck> growth_check;

Block* take_new_block(std::uint32_t size_class);
void return_block(Block* block) noexcept;

/// Returns a block with a payload of at least `bytes`, uninitialized, and one reference.
inline Block* take_block(std::size_t bytes) {
  const std::uint32_t size_class = size_class_of(bytes);
  if (size_class >= kSizeClasses || bytes > ~std::size_t{0} / 2) throw std::bad_alloc();
  Pool* pool = own_pool;
  Block* block = pool ? pool->classes[size_class].take() : nullptr;
  if (!block) block = take_new_block(size_class);
  block->refs.store(1, std::memory_order_relaxed);
  return block;
}

/// Returns a block to its pool.
inline void give_block(Block* block) noexcept {
  if (block->owner == own_pool)
    own_pool->keep(block);
  else
    return_block(block);
}

/// Drops a reference; true if it was the last. Nobody else can copy the last reference, so testing for it needs no
/// lock.
inline bool drop_reference(Block* block) noexcept {
  return block->refs.load(std::memory_order_acquire) == 1 || block->refs.fetch_sub(1, std::memory_order_acq_rel) == 1;
}

/// Bytes in live blocks, over all threads. A block on its way back to the pool of another running thread counts until
/// that thread collects it.
std::int64_t live_bytes();

/// Sums over the pools of all threads.
struct PoolTotals {
  std::int64_t live_bytes = 0, live_blocks = 0, held_bytes = 0, peak_bytes = 0;
};
PoolTotals pool_totals();
/// Bytes in live blocks of one pool; only for its owner.
std::int64_t live_bytes_of(const Pool& pool);
/// Resets the peak to what is live now: in the pool of this thread, and in those of threads that have ended.
void reset_peaks();
/// Frees the idle blocks of the same pools and returns the number of bytes freed.
std::int64_t free_idle_blocks();

/// An allocator for the standard containers that uses the pool, so that data that lives for one step needs no heap
/// allocation.
template <class T>
struct PoolAllocator {
  using value_type = T;
  PoolAllocator() = default;
  template <class U>
  PoolAllocator(const PoolAllocator<U>&) noexcept {}
  T* allocate(std::size_t n) {
    static_assert(alignof(T) <= 64);
    if (n > ~std::size_t{0} / sizeof(T)) throw std::bad_alloc();
    return reinterpret_cast<T*>(reinterpret_cast<std::byte*>(take_block(n * sizeof(T))) + kBlockHead);
  }
  void deallocate(T* memory, std::size_t) noexcept {
    give_block(reinterpret_cast<Block*>(reinterpret_cast<std::byte*>(memory) - kBlockHead));
  }
  friend bool operator==(const PoolAllocator&, const PoolAllocator&) { return true; }
};

}  // namespace retrograd::detail
