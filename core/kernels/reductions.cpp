#define HWY_TARGET_INCLUDE "core/kernels/reductions.cpp"
#include "reductions.h"

#include "../base/total.h"
#include "simd-inl.h"

RETROGRAD_BEGIN_KERNELS();

struct Add {
  template <class D, class V>
  V operator()(D, V a, V b) const {
    return hn::Add(a, b);
  }
  static std::int64_t plain(std::int64_t a, std::int64_t b) {  // unsigned, so that it may wrap around
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  }
};

// Blocks short enough for float, on every target as many terms a lane, their sums gathered in a total.
template <class T>
void sum_row(const void* x_run, void* into, std::int64_t n) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d)), length = 64 * lanes;
  const T* x = static_cast<const T*>(x_run);
  detail::Total<T> total;
  for (std::int64_t begin = 0; begin < n; begin += length) {
    const std::int64_t end = begin + length < n ? begin + length : n;
    auto a = hn::Zero(d), b = hn::Zero(d);
    std::int64_t i = begin;
    for (; i + 2 * lanes <= end; i += 2 * lanes) {
      a = hn::Add(a, hn::LoadU(d, x + i));
      b = hn::Add(b, hn::LoadU(d, x + i + lanes));
    }
    T block = hn::GetLane(hn::SumOfLanes(d, hn::Add(a, b)));
    for (; i < end; ++i) block += x[i];
    total.add(static_cast<double>(block));
  }
  *static_cast<T*>(into) += static_cast<T>(total.value());
}
template <class T>
void sum_column(const void* x, void* into, std::int64_t n) {
  zip_run<Add, T>(into, 1, x, 1, into, n);
}
void sum_row_integers(const void* x, void* into, std::int64_t n) {
  std::int64_t& total = *static_cast<std::int64_t*>(into);
  for (std::int64_t i = 0; i < n; ++i) total = Add::plain(total, static_cast<const std::int64_t*>(x)[i]);
}
void sum_column_integers(const void* x, void* into, std::int64_t n) {
  plain_zip_run<Add, std::int64_t>(into, 1, x, 1, into, n);
}

constexpr detail::ReductionKernels kTable = {
    .sum = {detail::Fold{sum_row<float>, sum_column<float>, 0}, detail::Fold{sum_row<double>, sum_column<double>, 0},
            detail::Fold{sum_row_integers, sum_column_integers, 0}},
};

RETROGRAD_END_KERNELS(ReductionKernels, reduction_kernels);
