#include "storage.h"

#include <sys/mman.h>

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

std::int64_t free_chain(Block* block) {
  std::int64_t freed = 0;
  for (; block; ++freed) std::free(std::exchange(block, block->next));
  return freed;
}

std::int64_t trim(Pool& pool) {
  collect_returned(pool);
  std::int64_t bytes = 0;
  for (std::uint32_t c = 0; c < kSizeClasses; ++c) {
    Pool::Reserve& reserve = pool.reserves[c];
    const std::int64_t freed =
        free_chain(std::exchange(pool.classes[c].free, nullptr)) + free_chain(std::exchange(reserve.cold, nullptr));
    if (freed == 0) continue;
    change(reserve.held, -freed);
    bytes += freed * bytes_with_head(c);
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

// Large blocks request huge pages: rows read in random order then cause far fewer page-table walks.
void* allocate(std::size_t bytes) {
  constexpr std::size_t kLine = 64, kLargePage = std::size_t{2} << 20;
  void* memory = nullptr;
  const bool is_large = bytes >= 2 * kLargePage;
  if (posix_memalign(&memory, is_large ? kLargePage : kLine, bytes) != 0) return nullptr;
  if (is_large) static_cast<void>(madvise(memory, bytes, MADV_HUGEPAGE));  // a hint only; failure is harmless
  return memory;
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
    void* memory = allocate(static_cast<std::size_t>(bytes));
    if (!memory) throw std::bad_alloc();
    block = new (memory) Block{pool, nullptr, size_class, 1};
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
