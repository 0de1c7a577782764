#include "storage.h"

#include <sys/mman.h>

#include <cstdlib>
#include <mutex>

namespace retrograd::detail {

namespace {

void collect_returned(Pool& pool) {
  Block* block = pool.returned.exchange(nullptr, std::memory_order_acquire);
  while (block) pool.keep(std::exchange(block, block->next));
}

void trim(Pool& pool) {
  collect_returned(pool);
  for (Pool::SizeClass& one : pool.classes)
    while (one.free) {
      Block* block = std::exchange(one.free, one.free->next);
      std::free(block);
    }
}

// Large blocks ask for large pages: rows read in random order then cost a walk through the page tables far less often.
void* allocate(std::size_t bytes) {
  constexpr std::size_t kLine = 64, kLargePage = std::size_t{2} << 20;
  void* memory = nullptr;
  const bool is_large = bytes >= 2 * kLargePage;
  if (posix_memalign(&memory, is_large ? kLargePage : kLine, bytes) != 0) return nullptr;
  if (is_large) static_cast<void>(madvise(memory, bytes, MADV_HUGEPAGE));  // a wish; without it all works
  return memory;
}

// Never destroyed: tensors with static storage duration come home after everything else is gone.
struct Pools {
  std::mutex mutex;
  Pool* idle = nullptr;
  Pool* known = nullptr;
};
Pools& pools() {
  static Pools& instance = *new Pools;
  return instance;
}

struct ReturnAtThreadExit {
  ~ReturnAtThreadExit() {
    Pool* pool = std::exchange(own_pool, nullptr);
    if (!pool) return;
    trim(*pool);
    const std::lock_guard lock(pools().mutex);
    pool->next_idle = std::exchange(pools().idle, pool);
  }
};

Pool* adopt_pool() {
  thread_local ReturnAtThreadExit at_exit;
  static_cast<void>(at_exit);
  const std::lock_guard lock(pools().mutex);
  if (pools().idle) {
    own_pool = std::exchange(pools().idle, pools().idle->next_idle);
  } else {
    own_pool = new Pool;
    own_pool->next_known = std::exchange(pools().known, own_pool);
  }
  return own_pool;
}

}  // namespace

Block* take_new_block(std::uint32_t size_class) {
  Pool* pool = own_pool ? own_pool : adopt_pool();
  if (pool->returned.load(std::memory_order_relaxed)) collect_returned(*pool);
  Pool::SizeClass& home = pool->classes[size_class];
  if (Block* block = home.take()) return block;
  void* memory = allocate(kBlockHead + bytes_of_class(size_class));
  if (!memory) throw std::bad_alloc();
  home.count(1);
  return new (memory) Block{pool, nullptr, size_class, 1};
}

void return_block(Block* block) noexcept {
  Pool* pool = block->owner;
  Block* head = pool->returned.load(std::memory_order_relaxed);
  do block->next = head;
  while (!pool->returned.compare_exchange_weak(head, block, std::memory_order_release, std::memory_order_relaxed));
}

std::int64_t live_bytes() {
  const std::lock_guard lock(pools().mutex);
  for (Pool* pool = pools().idle; pool; pool = pool->next_idle) trim(*pool);  // nobody else will see what came home
  std::int64_t total = 0;
  for (Pool* pool = pools().known; pool; pool = pool->next_known) {
    if (pool == own_pool) collect_returned(*pool);  // blocks on their way home are live until their owner sees them
    for (std::uint32_t c = 0; c < kSizeClasses; ++c)
      total += pool->classes[c].live.load(std::memory_order_relaxed) *
               static_cast<std::int64_t>(kBlockHead + bytes_of_class(c));
  }
  return total;
}

}  // namespace retrograd::detail
