#include "jobs.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace retrograd::experiments {

void run_jobs(std::size_t count, std::size_t workers, const std::atomic<bool>& stop,
              const std::function<void(std::size_t)>& job) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    for (std::size_t i; !stop.load() && (i = next.fetch_add(1)) < count;) {
      try {
        job(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
      }
    }
  };
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < std::min(workers, count); ++i) threads.emplace_back(work);
  threads.clear();  // joins
  if (failure) std::rethrow_exception(failure);
}

}  // namespace retrograd::experiments
