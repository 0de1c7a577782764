#include "threads.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

#include "error.h"

namespace retrograd {

namespace {

constexpr int kMostThreads = 1024;

int usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  const unsigned count = std::thread::hardware_concurrency();
  return count ? static_cast<int>(count) : 1;
}

inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

thread_local constinit int participant_number = 0;

// Workers wait for a new round; the caller publishes one and takes tiles like every worker. Each participant starts
// with its own tiles, the same ones in every round of equal size, so that its cache is reused; then it helps the
// others. The caller waits for tiles that have been started, never for a worker that is still asleep.
class Workers {
 public:
  explicit Workers(int count) : queues_(std::make_unique<Queue[]>(static_cast<std::size_t>(count) + 1)) {
    threads_.reserve(static_cast<std::size_t>(count));
    try {
      for (int i = 0; i < count; ++i) threads_.emplace_back([this, i] { serve(static_cast<std::size_t>(i) + 1); });
    } catch (...) {
      // The system has no more threads, or no memory for them: fewer threads do the same work with the same results.
    }
  }
  ~Workers() {
    stop_.store(true);
    round_.fetch_add(1);
    round_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  void run(std::int64_t count, FunctionRef<void(std::int64_t)> tile) {
    const auto participants = static_cast<std::int64_t>(threads_.size()) + 1;
    tile_ = &tile;
    for (std::int64_t i = 0; i < participants; ++i) {
      Queue& queue = queues_[static_cast<std::size_t>(i)];
      queue.next.store(count * i / participants, std::memory_order_relaxed);
      queue.end = count * (i + 1) / participants;
    }
    open_.store(true);
    round_.fetch_add(1);
    if (sleepers_.load() > 0) round_.notify_all();
    take_tiles(0);
    // All tiles are taken now. Latecomers find the round closed; participants inside it are finishing a tile.
    open_.store(false);
    for (int spins = 0; spins < kSpins && inside_.load() > 0; ++spins) relax();
    for (int left = inside_.load(); left > 0; left = inside_.load()) inside_.wait(left);
  }

 private:
  static constexpr int kSpins = 8000;
  struct alignas(64) Queue {
    std::atomic<std::int64_t> next{0};
    std::int64_t end = 0;
  };

  void take_tiles(std::size_t self) {
    const std::size_t participants = threads_.size() + 1;
    for (std::size_t k = 0; k < participants; ++k) {
      Queue& queue = queues_[(self + k) % participants];
      if (queue.next.load(std::memory_order_relaxed) >= queue.end) continue;
      for (std::int64_t i = queue.next.fetch_add(1, std::memory_order_relaxed); i < queue.end;
           i = queue.next.fetch_add(1, std::memory_order_relaxed))
        (*tile_)(i);
    }
  }
  void serve(std::size_t self) {
    participant_number = static_cast<int>(self);
    std::uint32_t seen = 0;
    for (;;) {
      for (int spins = 0; spins < kSpins && round_.load(std::memory_order_acquire) == seen; ++spins) relax();
      if (round_.load(std::memory_order_acquire) == seen) {
        sleepers_.fetch_add(1);
        round_.wait(seen);
        sleepers_.fetch_sub(1);
      }
      seen = round_.load();
      if (stop_.load()) return;
      inside_.fetch_add(1);
      if (open_.load()) take_tiles(self);
      if (inside_.fetch_sub(1) == 1) inside_.notify_all();
    }
  }

  std::vector<std::thread> threads_;
  std::unique_ptr<Queue[]> queues_;
  FunctionRef<void(std::int64_t)>* tile_ = nullptr;
  // Sequentially consistent: a worker that finds the round open has entered before the caller reads inside_.
  alignas(64) std::atomic<std::uint32_t> round_{0};
  std::atomic<bool> open_{false}, stop_{false};
  std::atomic<int> sleepers_{0};
  alignas(64) std::atomic<int> inside_{0};
};

struct Shared;
Shared& shared();
struct Shared {
  // A forked child has none of its parent's workers: it abandons them and starts its own.
  Shared() {
    pthread_atfork(nullptr, nullptr, [] {
      Shared& inherited = shared();
      new (&inherited.mutex) std::mutex;
      static_cast<void>(inherited.workers.release());
      inherited.workers_for = 1;
    });
  }
  std::mutex mutex;  // held by the caller whose tiles the workers run
  std::atomic<int> wanted{usable_cores()};
  std::unique_ptr<Workers> workers;
  int workers_for = 1;
};
// Never destroyed: objects with static storage duration may still compute after everything else is gone.
Shared& shared() {
  static Shared& instance = *new Shared;
  return instance;
}

thread_local constinit bool inside_tile = false;

}  // namespace

void set_threads(int count) {
  if (count < 1 || count > kMostThreads)
    detail::fail("set_threads: the number of threads must be from 1 to {}, got {}", kMostThreads, count);
  const std::lock_guard lock(shared().mutex);
  shared().wanted.store(count, std::memory_order_relaxed);
}

int threads() { return shared().wanted.load(std::memory_order_relaxed); }

namespace {
// Calls tile(0) … tile(count-1), each once, on whichever threads are free; returns when all are done.
void run_tiles(std::int64_t count, FunctionRef<void(std::int64_t)> tile) {
  const auto inline_tiles = [&] {
    for (std::int64_t i = 0; i < count; ++i) tile(i);
  };
  Shared& pool = shared();
  const int wanted = pool.wanted.load(std::memory_order_relaxed);
  if (count <= 1 || wanted <= 1 || inside_tile) return inline_tiles();
  const std::unique_lock lock(pool.mutex, std::try_to_lock);
  if (!lock.owns_lock()) return inline_tiles();
  if (pool.workers_for != wanted) {
    pool.workers.reset();
    pool.workers_for = 1;
    try {
      pool.workers = std::make_unique<Workers>(wanted - 1);
    } catch (const std::bad_alloc&) {
      return inline_tiles();
    }
    pool.workers_for = wanted;
  }
  const auto guarded = [&](std::int64_t i) noexcept {
    inside_tile = true;
    tile(i);
    inside_tile = false;
  };
  pool.workers->run(count, guarded);
}
}  // namespace

int detail::participant() { return participant_number; }

void detail::work_alone() { inside_tile = true; }

void detail::parallel_for(std::int64_t count, double steps,
                          FunctionRef<void(std::int64_t begin, std::int64_t end)> work) {
  if (count <= 0) return;
  const double fit = kSharedSteps / std::max(steps, 1e-9);
  if (fit >= static_cast<double>(count)) return work(0, count);
  const std::int64_t length = std::max(static_cast<std::int64_t>(fit), std::int64_t{1});
  run_tiles((count + length - 1) / length,
            [&](std::int64_t i) { work(i * length, std::min(count, (i + 1) * length)); });
}

}  // namespace retrograd
