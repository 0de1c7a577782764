#define HWY_TARGET_INCLUDE "core/kernels/reductions.cpp"
#include "reductions.h"

#include <algorithm>
#include <type_traits>

#include "../base/total.h"
#include "fold-inl.h"

RETROGRAD_BEGIN_KERNELS();

// Block sizes short enough for float32; the sums of blocks are added in a Total
constexpr std::int64_t kTermsOfLane = 32, kRowsOfBlock = 64, kColumnsOfBlock = 512;

template <class T>
T sum_row(const T* x, std::int64_t n) {
  constexpr std::int64_t kLength = kTermsOfLane * kRowLanes<T>;
  if (n <= kLength || std::is_integral_v<T>) return fold_row<Add>(x, n);
  detail::Total<T> total;
  for (std::int64_t begin = 0; begin < n; begin += kLength)
    total.add(static_cast<double>(fold_row<Add>(x + begin, std::min(kLength, n - begin))));
  return static_cast<T>(total.value());
}
template <class T>
void sum_rows(const void* x, std::int64_t stride, std::int64_t rows, std::int64_t n, void* into) {
  for (std::int64_t r = 0; r < rows; ++r) static_cast<T*>(into)[r] = sum_row(static_cast<const T*>(x) + r * stride, n);
}
template <class T>
void sum_columns(const void* x_rows, std::int64_t stride, std::int64_t n, std::int64_t width, void* into) {
  const T* x = static_cast<const T*>(x_rows);
  T* to = static_cast<T*>(into);
  if (n <= kRowsOfBlock || std::is_integral_v<T>) return fold_columns<Add>(x, stride, n, width, to);
  for (std::int64_t begin = 0; begin < width; begin += kColumnsOfBlock) {
    const std::int64_t count = std::min(kColumnsOfBlock, width - begin);
    detail::Total<T> totals[kColumnsOfBlock];
    T block[kColumnsOfBlock];
    for (std::int64_t row = 0; row < n; row += kRowsOfBlock) {
      fold_columns<Add>(x + row * stride + begin, stride, std::min(kRowsOfBlock, n - row), count, block);
      for (std::int64_t i = 0; i < count; ++i) totals[i].add(static_cast<double>(block[i]));
    }
    for (std::int64_t i = 0; i < count; ++i) to[begin + i] = static_cast<T>(totals[i].value());
  }
}
template <class T>
constexpr detail::Fold kSum = {sizeof(T), sum_rows<T>, sum_columns<T>, &kSum<T>, nullptr, std::is_integral_v<T>};

template <class T>
void mean_of_sums(const void* sums, std::int64_t count, double n, double, void* y) {
  for (std::int64_t i = 0; i < count; ++i) static_cast<T*>(y)[i] = static_cast<const T*>(sums)[i] / static_cast<T>(n);
}
template <class T>
constexpr detail::Fold kMean = {sizeof(T), sum_rows<T>, sum_columns<T>, &kSum<T>, mean_of_sums<T>, false};

template <class Op, class T>
void folded_rows(const void* x, std::int64_t stride, std::int64_t rows, std::int64_t n, void* into) {
  for (std::int64_t r = 0; r < rows; ++r)
    static_cast<T*>(into)[r] = fold_row<Op>(static_cast<const T*>(x) + r * stride, n);
}
template <class Op, class T>
void folded_columns(const void* x, std::int64_t stride, std::int64_t n, std::int64_t width, void* into) {
  fold_columns<Op>(static_cast<const T*>(x), stride, n, width, static_cast<T*>(into));
}
template <class Op, class T>
constexpr detail::Fold kFold = {sizeof(T), folded_rows<Op, T>, folded_columns<Op, T>, &kFold<Op, T>, nullptr, true};
template <bool largest>
constexpr detail::ByDtype<detail::Fold> kExtreme = {kFold<Extreme<largest>, float>, kFold<Extreme<largest>, double>,
                                                    kFold<Extreme<largest>, std::int64_t>, detail::Fold{},
                                                    kFold<Extreme<largest>, std::uint8_t>};

// Counts of nonzero elements within a block; no lane overflows
constexpr std::int64_t kLengthOfBlock = 4096;
template <class T>
using Lane = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
template <class T>
bool is_true(T x) {
  return x != T{0};
}
template <class T>
Lane<T> count_true(const T* x, std::int64_t n) {
  Lane<T> count = 0;
  for (std::int64_t i = 0; i < n; ++i) count += static_cast<Lane<T>>(x[i] != T{0});
  return count;
}

// Whether any, or all, elements are nonzero; stops at the first block that decides
template <bool any>
struct Truth {
  using Value = bool;
  template <class T>
  static constexpr T start() {
    return !any;
  }
  template <class T>
  static bool plain(bool so_far, T x) {
    return any ? so_far | is_true(x) : so_far & is_true(x);
  }
  template <class T>
  static bool row(const T* x, std::int64_t n) {
    for (std::int64_t begin = 0; begin < n; begin += kLengthOfBlock) {
      const std::int64_t length = std::min(kLengthOfBlock, n - begin);
      const std::int64_t count = static_cast<std::int64_t>(count_true(x + begin, length));
      if (any ? count > 0 : count < length) return any;
    }
    return !any;
  }
};
struct Count {
  using Value = std::int64_t;
  template <class T>
  static constexpr T start() {
    return 0;
  }
  template <class T>
  static std::int64_t plain(std::int64_t so_far, T x) {
    return so_far + is_true(x);
  }
  template <class T>
  static std::int64_t row(const T* x, std::int64_t n) {
    std::int64_t count = 0;
    for (std::int64_t begin = 0; begin < n; begin += kLengthOfBlock)
      count += static_cast<std::int64_t>(count_true(x + begin, std::min(kLengthOfBlock, n - begin)));
    return count;
  }
};
struct SumOfBytes {
  using Value = std::int64_t;
  template <class T>
  static constexpr T start() {
    return 0;
  }
  static std::int64_t plain(std::int64_t so_far, auto x) { return so_far + static_cast<std::int64_t>(x); }
  static std::int64_t row(const auto* x, std::int64_t n) {
    std::int64_t sum = 0;
    for (std::int64_t begin = 0; begin < n; begin += kLengthOfBlock) {
      std::uint32_t block = 0;
      for (std::int64_t i = begin; i < std::min(n, begin + kLengthOfBlock); ++i) block += x[i];
      sum += block;
    }
    return sum;
  }
};
template <class Step, class T>
void exact_rows(const void* x, std::int64_t stride, std::int64_t rows, std::int64_t n, void* into) {
  for (std::int64_t r = 0; r < rows; ++r)
    static_cast<typename Step::Value*>(into)[r] = Step::row(static_cast<const T*>(x) + r * stride, n);
}
template <class Step, class T>
void exact_columns(const void* x, std::int64_t stride, std::int64_t n, std::int64_t width, void* into) {
  fold_columns_into<Step>(static_cast<const T*>(x), stride, n, width, static_cast<typename Step::Value*>(into));
}
template <class Step, class T>
constexpr detail::Fold kExactFold = {
    sizeof(typename Step::Value),
    exact_rows<Step, T>,
    exact_columns<Step, T>,
    std::is_same_v<typename Step::Value, bool> ? &kExactFold<Step, bool> : &kSum<std::int64_t>,
    nullptr,
    true};
template <class Step>
constexpr detail::ByDtype<detail::Fold> kExactFolds = {kExactFold<Step, float>, kExactFold<Step, double>,
                                                       kExactFold<Step, std::int64_t>, kExactFold<Step, bool>,
                                                       kExactFold<Step, std::uint8_t>};

constexpr detail::ReductionKernels kTable = {
    .sum = {kSum<float>, kSum<double>, kSum<std::int64_t>},
    .mean = {kMean<float>, kMean<double>},
    .max = kExtreme<true>,
    .min = kExtreme<false>,
    .sum_of_bytes = {detail::Fold{}, detail::Fold{}, detail::Fold{}, kExactFold<SumOfBytes, bool>,
                     kExactFold<SumOfBytes, std::uint8_t>},
    .count_nonzero = kExactFolds<Count>,
    .all = kExactFolds<Truth<false>>,
    .any = kExactFolds<Truth<true>>,
};

RETROGRAD_END_KERNELS(ReductionKernels, reduction_kernels);
