#include "storage.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <mutex>

#include "locks.h"
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace retrograd::detail {

// Defined here rather than inline: a program built with hidden symbols would otherwise have a pool besides the shared
// library's.
thread_local constinit Pool* own_pool = nullptr;
constinit std::atomic<GrowthCheck> growth_check{nullptr};

namespace {

void collect_returned(Pool& pool) {
  Block* block = pool.returned.exchange(nullptr, std::memory_order_acquire);
  while (block) pool.keep(std::exchange(block, block->next));
}

std::int64_t bytes_with_head(std::uint32_t size_class) {
  return static_cast<std::int64_t>(kBlockHead + bytes_of_class(size_class));
}

void change(std::atomic<std::int64_t>& count, std::int64_t by) {  // called only by the single writer
  count.store(count.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

// Takes out of a list what can be freed, and frees it or leaves it to its slab. Returns the number of blocks.
std::int64_t free_chain(const Pool& pool, Block*& list) {
  std::int64_t freed = 0;
  for (Block** link = &list; Block* block = *link;) {
    const Pool::Slab& slab = pool.slabs[block->slab];
    if (block->slab != 0 && slab.idle < slab.blocks) {
      link = &block->next;
      continue;
    }
    *link = block->next;
    if (block->slab == 0) std::free(block);
    ++freed;
  }
  return freed;
}

std::int64_t trim(Pool& pool) {
  collect_returned(pool);
  if (pool.slabs.empty()) return 0;
  for (std::uint32_t c = 0; c < kSizeClasses; ++c)
    for (Block* block : {pool.classes[c].free, pool.reserves[c].cold})
      for (; block; block = block->next) ++pool.slabs[block->slab].idle;
  std::int64_t bytes = 0;
  for (std::uint32_t c = 0; c < kSizeClasses; ++c) {
    Pool::Reserve& reserve = pool.reserves[c];
    const std::int64_t freed = free_chain(pool, pool.classes[c].free) + free_chain(pool, reserve.cold);
    change(reserve.held, -freed);
    bytes += freed * bytes_with_head(c);
    if (const Pool::Slab& slab = pool.slabs[reserve.slab]; reserve.slab != 0 && slab.idle == slab.blocks) {
      reserve.next = reserve.end = nullptr;
      reserve.slab = 0;
    }
  }
  for (Pool::Slab& slab : pool.slabs) {
    if (slab.memory && slab.idle == slab.blocks) std::free(std::exchange(slab, {}).memory);
    slab.idle = 0;
  }
  pool.held_bytes -= bytes;
  return bytes;
}

void reset_peak_of(Pool& pool) {
  collect_returned(pool);
  for (std::uint32_t c = 0; c < kSizeClasses; ++c) {
    Pool::Reserve& reserve = pool.reserves[c];
    while (Block* block = pool.classes[c].free) {
      pool.classes[c].free = block->next;
      block->next = std::exchange(reserve.cold, block);
    }
    reserve.peak.store(pool.classes[c].live.load(std::memory_order_relaxed), std::memory_order_relaxed);
  }
}

constexpr std::size_t kLine = 64, kHugePage = std::size_t{2} << 20;

// Large blocks and slabs request huge pages: rows read in random order then cause far fewer page-table walks.
void* allocate(std::size_t bytes) {
  void* memory = nullptr;
  const bool is_large = bytes >= 2 * kHugePage || bytes == kHugePage;
  if (posix_memalign(&memory, is_large ? kHugePage : kLine, bytes) != 0) return nullptr;
  if (is_large) static_cast<void>(madvise(memory, bytes, MADV_HUGEPAGE));  // a hint only; failure is harmless
  return memory;
}

// The number of an unused entry of the pool's slabs; 0 if there is none left.
std::uint16_t unused_slab(Pool& pool) {
  for (std::size_t i = 1; i < pool.slabs.size(); ++i)
    if (!pool.slabs[i].memory) return static_cast<std::uint16_t>(i);
  if (pool.slabs.size() > UINT16_MAX) return 0;
  pool.slabs.emplace_back();
  return static_cast<std::uint16_t>(pool.slabs.size() - 1);
}

// Gives a class a slab that doubles what it holds, up to a huge page. Does nothing where memory runs out.
void add_slab(Pool& pool, Pool::Reserve& reserve, std::size_t block) {
  const auto held = static_cast<std::size_t>(reserve.held.load(std::memory_order_relaxed));
  const std::size_t bytes = std::min(std::bit_floor(held * block), kHugePage);
  if (bytes < 2 * block) return;
  const std::uint16_t number = unused_slab(pool);
  auto* memory = static_cast<std::byte*>(number ? allocate(bytes) : nullptr);
  if (!memory) return;
  pool.slabs[number].memory = reserve.next = memory;
  reserve.end = memory + bytes / block * block;
  reserve.slab = number;
}

// A block taken from the system, null if memory runs out. Small ones are cut from slabs in the order of their
// addresses, so that tapes of many small tensors read and write memory in streams. Under AddressSanitizer each block is
// an allocation of its own, so that accesses beyond one are seen.
Block* new_block(Pool& pool, std::uint32_t size_class) {
#ifdef __SANITIZE_ADDRESS__
  constexpr std::size_t kLargestInSlab = 0;
#else
  constexpr std::size_t kLargestInSlab = 4096;
#endif
  if (pool.slabs.empty()) pool.slabs.emplace_back();  // number 0 stands for none
  Pool::Reserve& reserve = pool.reserves[size_class];
  const std::size_t bytes = (static_cast<std::size_t>(bytes_with_head(size_class)) + kLine - 1) / kLine * kLine;
  if (reserve.next == reserve.end && bytes <= kLargestInSlab) add_slab(pool, reserve, bytes);
  if (reserve.next == reserve.end) {
    void* memory = allocate(bytes);
    return memory ? new (memory) Block{&pool, nullptr, static_cast<std::uint16_t>(size_class), 0, {}} : nullptr;
  }
  ++pool.slabs[reserve.slab].blocks;
  return new (std::exchange(reserve.next, reserve.next + bytes))
      Block{&pool, nullptr, static_cast<std::uint16_t>(size_class), reserve.slab, {}};
}

// Guarded by locks().pools. Without destructors: tensors with static storage duration return their blocks after
// everything else is gone.
struct Pools {
  Pool* idle = nullptr;
  Pool* known = nullptr;
};
constinit Pools pools;

struct ReturnAtThreadExit {
  ~ReturnAtThreadExit() {
    Pool* pool = std::exchange(own_pool, nullptr);
    if (!pool) return;
    trim(*pool);
    const std::lock_guard lock(locks().pools);
    pool->next_idle = std::exchange(pools.idle, pool);
  }
};

Pool* adopt_pool() {
  thread_local ReturnAtThreadExit at_exit;
  static_cast<void>(at_exit);
  cover_forks();
  const std::lock_guard lock(locks().pools);
  if (pools.idle) {
    own_pool = std::exchange(pools.idle, pools.idle->next_idle);
  } else {
    own_pool = new Pool;
    own_pool->next_known = std::exchange(pools.known, own_pool);
  }
  return own_pool;
}

}  // namespace

Block* take_new_block(std::uint32_t size_class) {
  Pool* pool = own_pool ? own_pool : adopt_pool();
  if (pool->returned.load(std::memory_order_relaxed)) collect_returned(*pool);
  Pool::SizeClass& home = pool->classes[size_class];
  if (Block* block = home.take()) return block;
  Pool::Reserve& reserve = pool->reserves[size_class];
  Block* block = reserve.cold;
  if (block) {
    reserve.cold = block->next;
  } else {
    const std::int64_t bytes = bytes_with_head(size_class);
    if (const GrowthCheck check = growth_check.load(std::memory_order_acquire)) check(*pool, bytes);
    block = new_block(*pool, size_class);
    if (!block) throw std::bad_alloc();
    change(reserve.held, 1);
    pool->held_bytes += bytes;
  }
  home.count(1);
  if (const std::int64_t live = home.live.load(std::memory_order_relaxed);
      live > reserve.peak.load(std::memory_order_relaxed))
    reserve.peak.store(live, std::memory_order_relaxed);
  return block;
}

void return_block(Block* block) noexcept {
  Pool* pool = block->owner;
  Block* head = pool->returned.load(std::memory_order_relaxed);
  do block->next = head;
  while (!pool->returned.compare_exchange_weak(head, block, std::memory_order_release, std::memory_order_relaxed));
}

std::int64_t live_bytes() { return pool_totals().live_bytes; }

std::int64_t live_bytes_of(const Pool& pool) {
  std::int64_t total = 0;
  for (std::uint32_t c = 0; c < kSizeClasses; ++c)
    total += pool.classes[c].live.load(std::memory_order_relaxed) * bytes_with_head(c);
  return total;
}

PoolTotals pool_totals() {
  const std::lock_guard lock(locks().pools);
  for (Pool* pool = pools.idle; pool; pool = pool->next_idle) collect_returned(*pool);  // no other thread would
  PoolTotals sum;
  for (Pool* pool = pools.known; pool; pool = pool->next_known) {
    if (pool == own_pool) collect_returned(*pool);
    for (std::uint32_t c = 0; c < kSizeClasses; ++c) {
      const std::int64_t live = pool->classes[c].live.load(std::memory_order_relaxed), bytes = bytes_with_head(c);
      sum.live_blocks += live;
      sum.live_bytes += live * bytes;
      sum.held_bytes += pool->reserves[c].held.load(std::memory_order_relaxed) * bytes;
      sum.peak_bytes += pool->reserves[c].peak.load(std::memory_order_relaxed) * bytes;
    }
  }
  return sum;
}

namespace {
// The pools this thread may modify: its own, and idle ones while the lock is held.
template <class F>
void for_own_and_idle(F f) {
  const std::lock_guard lock(locks().pools);
  if (own_pool) f(*own_pool);
  for (Pool* pool = pools.idle; pool; pool = pool->next_idle) f(*pool);
}
}  // namespace

void reset_peaks() { for_own_and_idle(reset_peak_of); }

std::int64_t free_idle_blocks() {
  std::int64_t bytes = 0;
  for_own_and_idle([&](Pool& pool) { bytes += trim(pool); });
#ifdef __GLIBC__
  malloc_trim(0);  // small blocks, which the C library would otherwise keep
#endif
  return bytes;
}

}  // namespace retrograd::detail
