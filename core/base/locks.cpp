#include "locks.h"

#include <pthread.h>

#include <atomic>

namespace retrograd::detail {

namespace {
std::mutex* const* all() {
  static std::mutex* const list[] = {&locks().plans, &locks().names, &locks().products,
                                     &locks().logs,  &locks().pools, nullptr};
  return list;
}
void take_all() {
  for (std::mutex* const* one = all(); *one; ++one) (*one)->lock();
}
void release_all() {
  for (std::mutex* const* one = all(); *one; ++one) (*one)->unlock();
}
}  // namespace

Locks& locks() {
  static Locks& instance = *new Locks;
  return instance;
}

void cover_forks() noexcept {
  static constinit std::atomic<bool> is_covered{false};
  if (is_covered.exchange(true)) return;
  all();
  if (pthread_atfork(take_all, release_all, release_all) != 0) is_covered = false;  // out of memory; retried
}

}  // namespace retrograd::detail
