// Sums of matrix columns, one column per vector lane. Not a public header.
#include "rows-inl.h"

#if defined(RETROGRAD_CORE_KERNELS_COLUMNS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RETROGRAD_CORE_KERNELS_COLUMNS_INL_H_
#undef RETROGRAD_CORE_KERNELS_COLUMNS_INL_H_
#else
#define RETROGRAD_CORE_KERNELS_COLUMNS_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace retrograd::HWY_NAMESPACE {

/// How many columns are summed together: whole cache lines of each row, so that rows are read as they lie.
inline constexpr std::int64_t kStrip = 64;

/// totals[i] = Σ term(tag, row, i) over n rows for width ≤ kStrip columns, in blocks short enough for float32.
template <class T, class Term>
HWY_INLINE void column_sums(std::int64_t n, std::int64_t width, double* totals, const Term& term) {
  constexpr std::int64_t kBlock = 64;  // rows added in float32
  T block[kStrip];
  for (std::int64_t i = 0; i < width; ++i) totals[i] = 0;
  for (std::int64_t begin = 0; begin < n; begin += kBlock) {
    const std::int64_t end = begin + kBlock < n ? begin + kBlock : n;
    each_vector<T>(0, width,
                   [=, &block](auto d, std::int64_t i) HWY_ATTR { hn::StoreU(term(d, begin, i), d, block + i); });
    for (std::int64_t row = begin + 1; row < end; ++row)
      each_vector<T>(0, width, [=, &block](auto d, std::int64_t i) HWY_ATTR {
        hn::StoreU(hn::Add(hn::LoadU(d, block + i), term(d, row, i)), d, block + i);
      });
    for (std::int64_t i = 0; i < width; ++i) totals[i] += static_cast<double>(block[i]);
  }
}

/// The same for two sums.
template <class T, class Term>
HWY_INLINE void two_column_sums(std::int64_t n, std::int64_t width, double* a, double* b, const Term& term) {
  constexpr std::int64_t kBlock = 64;
  T block_a[kStrip], block_b[kStrip];
  for (std::int64_t i = 0; i < width; ++i) a[i] = b[i] = 0;
  for (std::int64_t begin = 0; begin < n; begin += kBlock) {
    const std::int64_t end = begin + kBlock < n ? begin + kBlock : n;
    each_vector<T>(0, width, [=, &block_a, &block_b](auto d, std::int64_t i) HWY_ATTR {
      const auto first = term(d, begin, i);
      hn::StoreU(first.a, d, block_a + i);
      hn::StoreU(first.b, d, block_b + i);
    });
    for (std::int64_t row = begin + 1; row < end; ++row)
      each_vector<T>(0, width, [=, &block_a, &block_b](auto d, std::int64_t i) HWY_ATTR {
        const auto more = term(d, row, i);
        hn::StoreU(hn::Add(hn::LoadU(d, block_a + i), more.a), d, block_a + i);
        hn::StoreU(hn::Add(hn::LoadU(d, block_b + i), more.b), d, block_b + i);
      });
    for (std::int64_t i = 0; i < width; ++i) {
      a[i] += static_cast<double>(block_a[i]);
      b[i] += static_cast<double>(block_b[i]);
    }
  }
}

}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
