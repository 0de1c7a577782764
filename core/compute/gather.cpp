#include "gather.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "../base/threads.h"
#include "../kernels/gather.h"
#include "../kernels/indices.h"
#include "../kernels/pixels.h"
#include "kernel_for.h"
#include "lines_of.h"
#include "scatter.h"

namespace retrograd::detail {

namespace {

// Prefetches memory that will be read soon.
void prefetch(const std::byte* begin, std::size_t bytes) {
  constexpr std::size_t kLine = 64;
  for (std::size_t at = 0; at < bytes; at += kLine) __builtin_prefetch(begin + at, 0, 2);
}

std::size_t bytes_of(const Tensor& x) { return static_cast<std::size_t>(x.size()) * size_of(x.dtype()); }

}  // namespace

// Rows in random order are limited by memory latency, hence the prefetching.
Tensor gather_rows(const Tensor& x, std::span<const std::int64_t> rows, std::int64_t known, bool pixels) {
  const auto count = static_cast<std::int64_t>(rows.size());
  Shape shape = x.shape();
  const std::size_t bytes = shape[0] ? bytes_of(x) / static_cast<std::size_t>(shape[0]) : 0;
  shape[0] = count;
  constexpr std::int64_t kAhead = 16, kBytesTogether = 32 * 1024;
  constexpr std::size_t kNear = 256 * 1024;  // bytes of cache used for prefetching
  const std::byte* from = x.body().data;
  const auto source = [&](std::int64_t i) { return from + static_cast<std::size_t>(rows.data()[i]) * bytes; };
  const bool decodes = pixels && x.dtype() == uint8;
  Tensor out = Tensor::empty(shape, decodes ? default_dtype() : x.dtype());
  const auto copy_row = [&](std::int64_t i) {
    if (i + kAhead < known && kAhead * bytes <= kNear) prefetch(source(i + kAhead), bytes);
    const auto* pixel = reinterpret_cast<const std::uint8_t*>(source(i));
    const std::size_t at = static_cast<std::size_t>(i) * bytes;
    if (decodes && out.dtype() == float32)
      pixel_kernels().decode(pixel, values<float>(out) + at, static_cast<std::int64_t>(bytes));
    else if (decodes)
      std::transform(pixel, pixel + bytes, values<double>(out) + at, [](std::uint8_t p) { return (p - 128) / 255.0; });
    else
      std::memcpy(out.body().data + static_cast<std::size_t>(i) * bytes, source(i), bytes);
  };
  // The number of bytes worth a thread, converted to steps.
  const double steps = static_cast<double>(bytes + 1) * (double{kSharedSteps} / double{kBytesTogether});
  parallel_for(count, steps, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) copy_row(i);
  });
  return out;
}

// A block of indices is checked right before it is used, while it is in the first-level cache.
Tensor gather_along(const char* op, const Tensor& x, Tensor& indices, int axis) {
  const auto run = kernel_for(op, gather_kernels().along, x.dtype());
  Tensor y = empty_for(op, indices.shape(), x.dtype());
  const Tensor from = packed(x);
  const Lines along = lines_of(indices.shape(), axis);
  const std::int64_t n = x.shape()[axis], rows = y.size() > 0 ? along.outer * along.n : 0;
  const auto gather = [&](std::int64_t first, std::int64_t last) {
    run(from.body().data, indices.data<std::int64_t>(), y.body().data, n, along.n, along.inner, first, last);
  };
  if (indices.dtype() == int64) {
    indices = packed(indices);
    const std::int64_t* const index = indices.data<std::int64_t>();
    constexpr std::int64_t kTogether = 2048;
    const std::int64_t block = std::max<std::int64_t>(kTogether / std::max<std::int64_t>(along.inner, 1), 1);
    std::atomic<bool> is_inside{true};
    parallel_for(rows, static_cast<double>(along.inner), [&](std::int64_t begin, std::int64_t end) {
      for (; begin < end && is_inside.load(std::memory_order_relaxed); begin += block) {
        const std::int64_t last = std::min(end, begin + block), count = (last - begin) * along.inner;
        if (first_outside(index + begin * along.inner, count, 0, n) < count)
          is_inside.store(false, std::memory_order_relaxed);
        else
          gather(begin, last);
      }
    });
    if (is_inside) return y;
  }
  indices = checked_indices(op, indices, x.shape(), axis);
  parallel_for(rows, static_cast<double>(along.inner), gather);
  return y;
}

}  // namespace retrograd::detail
