// Memory to work in for each thread that takes part in a parallel loop, taken before the loop begins. Not a public
// header.
#pragma once
#include <cstdint>
#include <vector>

#include "../tensor/tensor.h"

namespace retrograd::detail {

/// How many rows, lines or planes a loop has, and what one takes in steps of a plain element loop.
struct Rows {
  std::int64_t count;
  std::int64_t steps;
};

/// Some bytes for each thread, aligned as tensors are; of a loop that is not shared, for the calling one alone.
class ThreadScratch {
 public:
  ThreadScratch(std::int64_t bytes, Rows rows);
  /// Those of the thread that asks; null where there are none.
  std::byte* mine() const;

 private:
  bool is_shared_;
  std::vector<Tensor, PoolAllocator<Tensor>> of_threads_;
};

}  // namespace retrograd::detail
