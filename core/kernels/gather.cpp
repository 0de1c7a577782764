#include "gather.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace retrograd::detail {

namespace {

// Calls stretch(o, begin, end) for the rows [first, last) of (outer, count), split at multiples of count.
template <class F>
void for_each_stretch(std::int64_t count, std::int64_t first, std::int64_t last, F stretch) {
  while (first < last) {
    const std::int64_t o = first / count, begin = first % count, end = std::min(count, begin + last - first);
    stretch(o, begin, end);
    first += end - begin;
  }
}

template <class T>
void take_elements(const T* from, const std::int64_t* indices, T* to, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) to[i] = from[indices[i]];
}

void rows(const void* x, const std::int64_t* indices, void* y, std::int64_t n, std::int64_t count, std::int64_t bytes,
          std::int64_t first, std::int64_t last) {
  for_each_stretch(count, first, last, [&](std::int64_t o, std::int64_t begin, std::int64_t end) {
    const std::byte* from = static_cast<const std::byte*>(x) + o * n * bytes;
    std::byte* to = static_cast<std::byte*>(y) + (o * count + begin) * bytes;
    const auto elements = [&]<class T>(T) {
      take_elements(reinterpret_cast<const T*>(from), indices + begin, reinterpret_cast<T*>(to), end - begin);
    };
    if (bytes == 4) return elements(std::uint32_t{});
    if (bytes == 8) return elements(std::uint64_t{});
    if (bytes == 1) return elements(std::uint8_t{});
    for (std::int64_t j = begin; j < end; ++j, to += bytes)
      std::memcpy(to, from + indices[j] * bytes, static_cast<std::size_t>(bytes));
  });
}

template <class T>
void along(const void* x, const std::int64_t* indices, void* y, std::int64_t n, std::int64_t m, std::int64_t inner,
           std::int64_t first, std::int64_t last) {
  for_each_stretch(m, first, last, [&](std::int64_t o, std::int64_t begin, std::int64_t end) {
    const T* from = static_cast<const T*>(x) + o * n * inner;
    const std::int64_t* index = indices + (o * m + begin) * inner;
    T* to = static_cast<T*>(y) + (o * m + begin) * inner;
    if (inner == 1) return take_elements(from, index, to, end - begin);
    for (std::int64_t j = begin; j < end; ++j, index += inner, to += inner)
      for (std::int64_t i = 0; i < inner; ++i) to[i] = from[index[i] * inner + i];
  });
}

constexpr GatherKernels kTable = {
    .rows = rows, .along = {along<float>, along<double>, along<std::int64_t>, along<bool>, along<std::uint8_t>}};

}  // namespace

const GatherKernels& gather_kernels() { return kTable; }

}  // namespace retrograd::detail
