// A contiguous tensor seen along one axis, for kernels that go along lines. Not a public header.
#pragma once
#include <algorithm>
#include <cstdint>

namespace retrograd::detail {

/// (outer, n, inner): the element k of line (o, i) stands at (o · n + k) · inner + i.
struct Lines {
  std::int64_t outer = 1, n = 1, inner = 1;

  /// Neighboring lines go abreast, so that memory is read in stretches: their blocks, and the first line of one and how
  /// many they are.
  static constexpr std::int64_t kAbreast = 64;
  std::int64_t blocks_each() const { return (inner + kAbreast - 1) / kAbreast; }
  std::int64_t blocks() const { return outer * blocks_each(); }
  std::int64_t steps() const { return n * std::min(inner, kAbreast); }
};

}  // namespace retrograd::detail
