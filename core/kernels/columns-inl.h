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

// As many neighboring channels of (n, channels, 1) as a vector holds: term(tag, i) is row i.
constexpr std::size_t kMostLanes = HWY_MAX_BYTES / sizeof(float);
struct Totals {
  double of[kMostLanes] = {};
};
template <class D, class Term>
HWY_INLINE Totals column_sums(D d, std::int64_t n, const Term& term) {
  using T = hn::TFromD<D>;
  constexpr std::int64_t kBlock = 64;  // rows that may be summed in float
  Totals totals;
  T block[kMostLanes];
  for (std::int64_t begin = 0; begin < n; begin += kBlock) {
    auto sum = term(d, begin);
    for (std::int64_t i = begin + 1; i < n && i < begin + kBlock; ++i) sum = hn::Add(sum, term(d, i));
    hn::StoreU(sum, d, block);
    for (std::size_t k = 0; k < hn::Lanes(d); ++k) totals.of[k] += static_cast<double>(block[k]);
  }
  return totals;
}

// Two sums at once.
template <class D, class Term>
HWY_INLINE Two<Totals> two_column_sums(D d, std::int64_t n, const Term& term) {
  using T = hn::TFromD<D>;
  constexpr std::int64_t kBlock = 64;
  Two<Totals> totals;
  T block_a[kMostLanes], block_b[kMostLanes];
  for (std::int64_t begin = 0; begin < n; begin += kBlock) {
    auto sum = term(d, begin);
    for (std::int64_t i = begin + 1; i < n && i < begin + kBlock; ++i) {
      const auto more = term(d, i);
      sum.a = hn::Add(sum.a, more.a);
      sum.b = hn::Add(sum.b, more.b);
    }
    hn::StoreU(sum.a, d, block_a);
    hn::StoreU(sum.b, d, block_b);
    for (std::size_t k = 0; k < hn::Lanes(d); ++k) {
      totals.a.of[k] += static_cast<double>(block_a[k]);
      totals.b.of[k] += static_cast<double>(block_b[k]);
    }
  }
  return totals;
}

}  // namespace retrograd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
