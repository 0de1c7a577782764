#include "threads.h"

#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "blas.h"
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

// Workers wait for a new round; the caller publishes one and takes tiles like everyone else.
class Workers {
 public:
  explicit Workers(int count) {
    try {
      for (int i = 0; i < count; ++i) threads_.emplace_back([this] { serve(); });
    } catch (const std::system_error&) {
      // The system gives no more threads: fewer do the same work, to the same bits.
    }
  }
  ~Workers() {
    stop_.store(true, std::memory_order_relaxed);
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  void run(std::int64_t count, FunctionRef<void(std::int64_t)> tile) {
    tile_ = &tile;
    count_ = count;
    next_.store(0, std::memory_order_relaxed);
    busy_.store(static_cast<int>(threads_.size()), std::memory_order_relaxed);
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
    take_tiles();
    // Every worker must have seen this round before the next may be published.
    for (int spins = 0; spins < kSpins && busy_.load(std::memory_order_acquire) > 0; ++spins) relax();
    for (int left = busy_.load(std::memory_order_acquire); left > 0; left = busy_.load(std::memory_order_acquire))
      busy_.wait(left, std::memory_order_acquire);
  }

 private:
  static constexpr int kSpins = 2000;

  void take_tiles() {
    for (std::int64_t i = next_.fetch_add(1, std::memory_order_relaxed); i < count_;
         i = next_.fetch_add(1, std::memory_order_relaxed))
      (*tile_)(i);
  }
  void serve() {
    detail::use_one_blas_thread();
    std::uint32_t seen = 0;
    for (;;) {
      for (int spins = 0; spins < kSpins && round_.load(std::memory_order_acquire) == seen; ++spins) relax();
      round_.wait(seen, std::memory_order_acquire);
      seen = round_.load(std::memory_order_acquire);
      if (stop_.load(std::memory_order_relaxed)) return;
      take_tiles();
      if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_all();
    }
  }

  std::vector<std::thread> threads_;
  FunctionRef<void(std::int64_t)>* tile_ = nullptr;
  std::int64_t count_ = 0;
  alignas(64) std::atomic<std::int64_t> next_{0};
  alignas(64) std::atomic<std::uint32_t> round_{0};
  alignas(64) std::atomic<int> busy_{0};
  std::atomic<bool> stop_{false};
};

struct Shared;
Shared& shared();
struct Shared {
  // A forked child has none of its parent's workers: it leaves them alone and starts its own.
  Shared() {
    pthread_atfork(nullptr, nullptr, [] {
      Shared& inherited = shared();
      new (&inherited.mutex) std::mutex;
      static_cast<void>(inherited.workers.release());
      inherited.workers_for = 1;
    });
  }
  std::mutex mutex;  // held by the one caller whose tiles the workers take
  std::atomic<int> wanted{usable_cores()};
  std::unique_ptr<Workers> workers;
  int workers_for = 1;
};
Shared& shared() {
  static Shared instance;
  return instance;
}

thread_local bool inside_tile = false;

}  // namespace

void set_threads(int count) {
  if (count < 1 || count > kMostThreads) fail("set_threads: from 1 to {}, got {}", kMostThreads, count);
  const std::lock_guard lock(shared().mutex);
  shared().wanted.store(count, std::memory_order_relaxed);
}

int threads() { return shared().wanted.load(std::memory_order_relaxed); }

void detail::parallel_for(std::int64_t count, FunctionRef<void(std::int64_t)> tile) {
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
    pool.workers = std::make_unique<Workers>(wanted - 1);
    pool.workers_for = wanted;
  }
  const auto guarded = [&](std::int64_t i) {
    inside_tile = true;
    tile(i);
    inside_tile = false;
  };
  pool.workers->run(count, guarded);
}

}  // namespace retrograd
