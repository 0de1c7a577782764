#include "scan.h"

#include <algorithm>
#include <new>
#include <type_traits>

#include "running_product.h"
#include "walk_lines.h"

namespace retrograd::detail {

namespace {

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
    .recurrence = floats(recurrence<float>, recurrence<double>),
    .shift = {shift<float>, shift<double>, shift<std::int64_t>},
    .product_of_others = floats(product_of_others<float>, product_of_others<double>),
};

}  // namespace

const ScanKernels& scan_kernels() { return kTable; }

}  // namespace retrograd::detail
