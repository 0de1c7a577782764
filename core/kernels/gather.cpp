#include "gather.h"

#include <cstring>

namespace retrograd::detail {

namespace {

void rows(const void* x, const std::int64_t* indices, void* y, std::int64_t n, std::int64_t count, std::int64_t bytes,
          std::int64_t first, std::int64_t last) {
  for (std::int64_t row = first; row < last; ++row)
    std::memcpy(static_cast<std::byte*>(y) + row * bytes,
                static_cast<const std::byte*>(x) + (row / count * n + indices[row % count]) * bytes,
                static_cast<std::size_t>(bytes));
}

template <class T>
void along(const void* x, const std::int64_t* indices, void* y, std::int64_t n, std::int64_t m, std::int64_t inner,
           std::int64_t first, std::int64_t last) {
  const T* from = static_cast<const T*>(x);
  T* to = static_cast<T*>(y);
  std::int64_t j = first * m * inner;
  for (std::int64_t o = first; o < last; ++o)
    for (std::int64_t k = 0; k < m; ++k)
      for (std::int64_t i = 0; i < inner; ++i, ++j) to[j] = from[(o * n + indices[j]) * inner + i];
}

constexpr GatherKernels kTable = {
    .rows = rows, .along = {along<float>, along<double>, along<std::int64_t>, along<bool>, along<std::uint8_t>}};

}  // namespace

const GatherKernels& gather_kernels() { return kTable; }

}  // namespace retrograd::detail
