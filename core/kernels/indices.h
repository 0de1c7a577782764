// Questions about indices, and negative ones made to count from the start. Not a public header.
#pragma once
#include <cstdint>

namespace retrograd::detail {

/// The position of the first of n indices below `low` or from `high` on, and not `ignored` where that is not null; n
/// where there is none.
std::int64_t first_outside(const std::int64_t* indices, std::int64_t n, std::int64_t low, std::int64_t high,
                           const std::int64_t* ignored = nullptr);
/// Adds `size` to those below 0.
void count_from_start(std::int64_t* indices, std::int64_t n, std::int64_t size);

}  // namespace retrograd::detail
