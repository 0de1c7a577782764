// Walks along lines one element at a time, neighboring lines abreast. Not a public header.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>

#include "lines.h"

namespace retrograd::detail {

// Walks the lines of the blocks in [first, last) from one end to the other: step(running value, position).
template <class Running, class F>
void walk_lines(const Lines& lines, bool reverse, std::int64_t first, std::int64_t last, F step) {
  std::array<Running, Lines::kAbreast> running;
  for (std::int64_t block = first; block < last; ++block) {
    const std::int64_t o = block / lines.blocks_each(), begin = block % lines.blocks_each() * Lines::kAbreast;
    const std::int64_t width = std::min(Lines::kAbreast, lines.inner - begin);
    std::fill_n(running.begin(), width, Running());
    for (std::int64_t k = 0; k < lines.n; ++k) {
      const std::int64_t row = reverse ? lines.n - 1 - k : k;
      const std::int64_t at = (o * lines.n + row) * lines.inner + begin;
      for (std::int64_t i = 0; i < width; ++i) step(running[static_cast<std::size_t>(i)], at + i);
    }
  }
}

}  // namespace retrograd::detail
