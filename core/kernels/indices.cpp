#define HWY_TARGET_INCLUDE "core/kernels/indices.cpp"
#include "indices.h"

#include <algorithm>

#include "targets-inl.h"

RETROGRAD_BEGIN_KERNELS();

// True if an index minus `low`, unsigned, is at least `width`: then it or its distance from width − 1 is at least 2⁶³.
// The compiler vectorizes this.
bool any_outside(const std::int64_t* indices, std::int64_t n, std::uint64_t low, std::uint64_t width) {
  std::uint64_t signs = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const std::uint64_t from_low = static_cast<std::uint64_t>(indices[i]) - low;
    signs |= from_low | (width - 1 - from_low);
  }
  return signs >> 63 != 0;
}

constexpr detail::IndexKernels kTable = {.any_outside = any_outside};

RETROGRAD_END_KERNELS(IndexKernels, index_kernels);

#if HWY_ONCE
namespace retrograd::detail {

std::int64_t first_outside(const std::int64_t* indices, std::int64_t n, std::int64_t low, std::int64_t high,
                           const std::int64_t* ignored) {
  constexpr std::int64_t kBlock = 256;
  const auto from = static_cast<std::uint64_t>(low);
  for (std::int64_t begin = 0; begin < n; begin += kBlock) {
    const std::int64_t end = std::min(n, begin + kBlock);
    if (!index_kernels().any_outside(indices + begin, end - begin, from, static_cast<std::uint64_t>(high) - from))
      continue;
    for (std::int64_t i = begin; i < end; ++i)
      if ((indices[i] < low || indices[i] >= high) && !(ignored && indices[i] == *ignored)) return i;
  }
  return n;
}

void count_from_start(std::int64_t* indices, std::int64_t n, std::int64_t size) {
  for (std::int64_t i = 0; i < n; ++i)
    if (indices[i] < 0) indices[i] += size;
}

}  // namespace retrograd::detail
#endif
