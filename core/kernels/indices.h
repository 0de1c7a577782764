// Range checks of indices, and normalization of negative ones. Not a public header.
#pragma once
#include <cstdint>

namespace retrograd::detail {

struct IndexKernels {
  /// True if one of n indices is outside [low, low + width).
  bool (*any_outside)(const std::int64_t* indices, std::int64_t n, std::uint64_t low, std::uint64_t width);
};
const IndexKernels& index_kernels();

/// The position of the first of n indices that is outside [low, high) and differs from *ignored, if given; n if there
/// is none.
std::int64_t first_outside(const std::int64_t* indices, std::int64_t n, std::int64_t low, std::int64_t high,
                           const std::int64_t* ignored = nullptr);
/// Adds `size` to negative indices.
void count_from_start(std::int64_t* indices, std::int64_t n, std::int64_t size);

}  // namespace retrograd::detail
