// How a door shares an element loop among threads: in chunks of one size, whose borders depend on the number of
// elements alone. Not a public header.
#pragma once
#include <cstdint>

#include "../base/threads.h"

namespace retrograd::detail {

/// Elements below which a loop stays on the calling thread, and the size of the chunks above; borders depend on n
/// alone.
inline constexpr std::int64_t kParallelChunk = 65536;

/// Calls f(begin, end) over [0, n) in chunks, on the pool where n is large.
template <class F>
void parallel_chunks(std::int64_t n, F&& f) {
  if (n <= kParallelChunk) return f(std::int64_t{0}, n);
  const std::int64_t chunks = (n + kParallelChunk - 1) / kParallelChunk;
  parallel_for(chunks, [&](std::int64_t chunk) {
    const std::int64_t begin = chunk * kParallelChunk;
    f(begin, begin + kParallelChunk < n ? begin + kParallelChunk : n);
  });
}

}  // namespace retrograd::detail
