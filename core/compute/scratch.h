// Scratch memory for each thread that takes part in a parallel loop, allocated before the loop begins. Not a public
// header.
#pragma once
#include <cstdint>
#include <vector>

#include "../tensor/tensor.h"

namespace retrograd::detail {

/// The number of rows, lines or planes of a loop, and the cost of each in steps of a plain element loop.
struct Rows {
  std::int64_t count;
  std::int64_t steps;
};

/// `bytes` for each thread, aligned like tensors; if the loop is not parallel, for the calling thread only.
class ThreadScratch {
 public:
  ThreadScratch(std::int64_t bytes, Rows rows);
  /// The memory of the current thread; null if bytes is 0.
  std::byte* mine() const;

 private:
  bool is_shared_;
  std::vector<Tensor, PoolAllocator<Tensor>> of_threads_;
};

}  // namespace retrograd::detail
