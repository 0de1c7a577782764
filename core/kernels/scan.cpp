#include "scan.h"

#include <algorithm>
#include <array>
#include <new>
#include <type_traits>

#include "../base/total.h"
#include "running_product.h"

namespace retrograd::detail {

namespace {

// Accumulators for lines of integers: unsigned, so that they wrap around.
struct WrappingSum {
  std::uint64_t sum = 0;
  void add(std::int64_t x) { sum += static_cast<std::uint64_t>(x); }
  std::uint64_t value() const { return sum; }
};
struct WrappingProduct {
  std::uint64_t product = 1;
  void times(std::int64_t x) { product *= static_cast<std::uint64_t>(x); }
  std::uint64_t value() const { return product; }
};
template <class T>
using SumOf = std::conditional_t<std::is_integral_v<T>, WrappingSum, Total<T>>;
template <class T>
using ProductOf = std::conditional_t<std::is_integral_v<T>, WrappingProduct, RunningProduct<T>>;
// The type in which both kinds of accumulators take elements.
template <class T>
using Wide = std::conditional_t<std::is_integral_v<T>, std::int64_t, double>;

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

template <class T>
void sum(const void* x, void* y, Lines lines, bool reverse, std::int64_t first, std::int64_t last) {
  const T* v = static_cast<const T*>(x);
  T* to = static_cast<T*>(y);
  walk_lines<SumOf<T>>(lines, reverse, first, last, [v, to](SumOf<T>& so_far, std::int64_t at) {
    so_far.add(static_cast<Wide<T>>(v[at]));
    to[at] = static_cast<T>(so_far.value());
  });
}

template <class T>
void product(const void* x, void* y, Lines lines, bool reverse, std::int64_t first, std::int64_t last) {
  const T* v = static_cast<const T*>(x);
  T* to = static_cast<T*>(y);
  walk_lines<ProductOf<T>>(lines, reverse, first, last, [v, to](ProductOf<T>& so_far, std::int64_t at) {
    so_far.times(static_cast<Wide<T>>(v[at]));
    to[at] = static_cast<T>(so_far.value());
  });
}

template <class T>
void recurrence(const void* a, const void* b, void* s, Lines lines, bool reverse, std::int64_t first,
                std::int64_t last) {
  const T *factor = static_cast<const T*>(a), *term = static_cast<const T*>(b);
  T* to = static_cast<T*>(s);
  walk_lines<double>(lines, reverse, first, last, [=](double& so_far, std::int64_t at) {
    so_far = static_cast<double>(term[at]) + static_cast<double>(factor[at]) * so_far;
    to[at] = static_cast<T>(so_far);
  });
}

template <class T>
void shift(const void* x, void* y, Lines lines, bool reverse, double fill, std::int64_t first, std::int64_t last) {
  const std::int64_t line = lines.n * lines.inner, kept = line - lines.inner;
  const T* v = static_cast<const T*>(x) + first * line;
  T* to = static_cast<T*>(y) + first * line;
  for (std::int64_t o = first; o < last; ++o, v += line, to += line) {
    std::copy_n(v + (reverse ? lines.inner : 0), kept, to + (reverse ? 0 : lines.inner));
    std::fill_n(to + (reverse ? kept : 0), lines.inner, static_cast<T>(fill));
  }
}

// The product of everything before i times the product of everything after i.
template <class T>
void product_of_others(const void* x, void* y, void* room, Lines lines, std::int64_t first, std::int64_t last) {
  using Running = RunningProduct<T>;
  static_assert(sizeof(Running) <= ScanKernels::kBytesOfProduct && std::is_trivially_destructible_v<Running>);
  const T* v = static_cast<const T*>(x);
  T* to = static_cast<T*>(y);
  Running* before = static_cast<Running*>(room);
  walk_lines<Running>(lines, false, first, last, [=](Running& so_far, std::int64_t at) {
    new (before + at) Running(so_far);
    so_far.times(static_cast<double>(v[at]));
  });
  walk_lines<Running>(lines, true, first, last, [=](Running& so_far, std::int64_t at) {
    Running& others = before[at];
    others.times(so_far);
    so_far.times(static_cast<double>(v[at]));
    to[at] = static_cast<T>(others.value());
  });
}

constexpr ScanKernels kTable = {
    .sum = {sum<float>, sum<double>, sum<std::int64_t>},
    .product = {product<float>, product<double>, product<std::int64_t>},
    .recurrence = floats(recurrence<float>, recurrence<double>),
    .shift = {shift<float>, shift<double>, shift<std::int64_t>},
    .product_of_others = floats(product_of_others<float>, product_of_others<double>),
};

}  // namespace

const ScanKernels& scan_kernels() { return kTable; }

}  // namespace retrograd::detail
