#include "scratch.h"

#include "../base/threads.h"

namespace retrograd::detail {

// Backwards, so that each thread gets the same memory as last time.
ThreadScratch::ThreadScratch(std::int64_t bytes, Rows rows)
    : is_shared_(static_cast<double>(rows.count) * static_cast<double>(rows.steps) > double{kSharedSteps}),
      of_threads_(bytes == 0   ? 0
                  : is_shared_ ? static_cast<std::size_t>(threads())
                               : 1) {
  for (std::size_t i = of_threads_.size(); i-- > 0;) of_threads_[i] = Tensor::empty({bytes}, uint8);
}

std::byte* ThreadScratch::mine() const {
  if (of_threads_.empty()) return nullptr;
  return of_threads_[is_shared_ ? static_cast<std::size_t>(participant()) : 0].body().data;
}

}  // namespace retrograd::detail
