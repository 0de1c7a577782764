#include "indices.h"

namespace retrograd::detail {

std::int64_t first_outside(const std::int64_t* indices, std::int64_t n, std::int64_t low, std::int64_t high,
                           const std::int64_t* ignored) {
  for (std::int64_t i = 0; i < n; ++i)
    if ((indices[i] < low || indices[i] >= high) && !(ignored && indices[i] == *ignored)) return i;
  return n;
}

void count_from_start(std::int64_t* indices, std::int64_t n, std::int64_t size) {
  for (std::int64_t i = 0; i < n; ++i)
    if (indices[i] < 0) indices[i] += size;
}

}  // namespace retrograd::detail
