// A contiguous tensor viewed along one axis, for kernels that process lines. Not a public header.
#pragma once
#include <algorithm>
#include <cstdint>

namespace retrograd::detail {

/// (outer, n, inner): element k of line (o, i) is at (o · n + k) · inner + i.
struct Lines {
  std::int64_t outer = 1, n = 1, inner = 1;

  /// Neighboring lines are processed together, in blocks of up to kAbreast, so that memory is accessed contiguously.
  static constexpr std::int64_t kAbreast = 64;
  std::int64_t blocks_each() const { return (inner + kAbreast - 1) / kAbreast; }
  std::int64_t blocks() const { return outer * blocks_each(); }
  std::int64_t steps() const { return n * std::min(inner, kAbreast); }
};

}  // namespace retrograd::detail
