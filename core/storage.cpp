#include "storage.h"

#include <bit>
#include <cstdlib>
#include <mutex>
#include <new>
#include <utility>

namespace retrograd::detail {

namespace {

// Four classes an octave: 64, 80, 96, 112, 128, 160 … so that at most a fifth of a block is waste.
constexpr std::size_t kSmallest = 64;
constexpr std::uint32_t kClasses = 4 * 42;

std::uint32_t class_of(std::size_t bytes) {
  if (bytes <= kSmallest) return 0;
  const int octave = static_cast<int>(std::bit_width(bytes - 1)) - 1;
  const std::size_t step = (bytes - 1) >> (octave - 2) & 3;
  return static_cast<std::uint32_t>(4 * (octave - 6) + static_cast<int>(step) + 1);
}

std::size_t bytes_of(std::uint32_t size_class) {
  return (kSmallest << (size_class / 4)) + (kSmallest / 4 << (size_class / 4)) * (size_class % 4);
}

}  // namespace

struct Pool {
  Block* free_lists[kClasses] = {};
  std::atomic<Block*> returned{nullptr};  // pushed by other threads, emptied by the owner
  std::atomic<std::int64_t> live{0};      // bytes handed out; only the owner writes it
  Pool* next_idle = nullptr;
  Pool* next_known = nullptr;

  void count(std::int64_t bytes) {
    live.store(live.load(std::memory_order_relaxed) + bytes, std::memory_order_relaxed);
  }
  void keep(Block* block) {
    count(-static_cast<std::int64_t>(bytes_of(block->size_class)));
    block->next = std::exchange(free_lists[block->size_class], block);
  }
  void collect_returned() {
    Block* block = returned.exchange(nullptr, std::memory_order_acquire);
    while (block) keep(std::exchange(block, block->next));
  }
  void trim() {
    collect_returned();
    for (Block*& head : free_lists)
      while (head) {
        Block* block = std::exchange(head, head->next);
        std::free(block);
      }
  }
};

namespace {

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

thread_local Pool* own_pool = nullptr;

struct ReturnAtThreadExit {
  ~ReturnAtThreadExit() {
    Pool* pool = std::exchange(own_pool, nullptr);
    if (!pool) return;
    pool->trim();
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

Block* take_block(std::size_t bytes) {
  const std::uint32_t size_class = class_of(bytes);
  if (size_class >= kClasses) throw std::bad_alloc();
  Pool* pool = own_pool ? own_pool : adopt_pool();
  Block*& head = pool->free_lists[size_class];
  if (!head && pool->returned.load(std::memory_order_relaxed)) pool->collect_returned();
  Block* block = head;
  if (block) {
    head = block->next;
  } else {
    void* memory = std::aligned_alloc(alignof(Block), sizeof(Block) + bytes_of(size_class) / 64 * 64 + 64);
    if (!memory) throw std::bad_alloc();
    block = new (memory) Block{};
    block->size_class = size_class;
    block->owner = pool;
  }
  block->refs.store(1, std::memory_order_relaxed);
  block->stamp.store(0, std::memory_order_relaxed);
  pool->count(static_cast<std::int64_t>(bytes_of(size_class)));
  return block;
}

void give_block(Block* block) noexcept {
  Pool* pool = block->owner;
  if (pool == own_pool) {
    pool->keep(block);
    return;
  }
  Block* head = pool->returned.load(std::memory_order_relaxed);
  do block->next = head;
  while (!pool->returned.compare_exchange_weak(head, block, std::memory_order_release, std::memory_order_relaxed));
}

std::int64_t live_bytes() {
  const std::lock_guard lock(pools().mutex);
  std::int64_t total = 0;
  for (Pool* pool = pools().known; pool; pool = pool->next_known) {
    if (pool == own_pool) pool->collect_returned();  // blocks on their way home are live until their owner sees them
    total += pool->live.load(std::memory_order_relaxed);
  }
  return total;
}

}  // namespace retrograd::detail
