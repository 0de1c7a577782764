#include "heap.h"

#include <atomic>
#include <cerrno>
#include <cstddef>

namespace retrograd::tests {

namespace {
std::atomic<bool> counting{false}, refusing{false}, refused{false};
std::atomic<long> allocations{0}, left{0};

bool is_refused() {
  if (counting.load(std::memory_order_relaxed)) allocations.fetch_add(1, std::memory_order_relaxed);
  if (!refusing.load(std::memory_order_relaxed) || left.fetch_sub(1) != 1) return false;
  refused = true;
  errno = ENOMEM;
  return true;
}
}  // namespace

void start_counting() {
  allocations = 0;
  counting = true;
}
long stop_counting() {
  counting = false;
  return allocations;
}
void refuse_allocation(long n) {
  left = n;
  refused = false;
  refusing = true;
}
bool stop_refusing() {
  refusing = false;
  return refused;
}

}  // namespace retrograd::tests

// glibc's own, behind the names that we take; operator new calls malloc.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

using retrograd::tests::is_refused;
void* malloc(std::size_t bytes) { return is_refused() ? nullptr : __libc_malloc(bytes); }
void* calloc(std::size_t n, std::size_t bytes) { return is_refused() ? nullptr : __libc_calloc(n, bytes); }
void* realloc(void* memory, std::size_t bytes) { return is_refused() ? nullptr : __libc_realloc(memory, bytes); }
void* memalign(std::size_t alignment, std::size_t bytes) {
  return is_refused() ? nullptr : __libc_memalign(alignment, bytes);
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) { return memalign(alignment, bytes); }
int posix_memalign(void** memory, std::size_t alignment, std::size_t bytes) {
  *memory = memalign(alignment, bytes);
  return *memory ? 0 : ENOMEM;
}
void free(void* memory) { __libc_free(memory); }
}
