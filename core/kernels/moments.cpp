#define HWY_TARGET_INCLUDE "core/kernels/moments.cpp"
#include "moments.h"

#include <cmath>

#include "../base/total.h"
#include "fold-inl.h"

RETROGRAD_BEGIN_KERNELS();

// Elements converted to double
template <class D>
HWY_INLINE auto as_doubles(D d, const float* x) {
  return hn::PromoteTo(d, hn::LoadU(hn::Rebind<float, D>(), x));
}
template <class D>
HWY_INLINE auto as_doubles(D d, const double* x) {
  return hn::LoadU(d, x);
}
template <class D>
HWY_INLINE auto part_as_doubles(D d, const float* x, std::int64_t n) {
  return hn::PromoteTo(d, part_of_vector<Add>(hn::Rebind<float, D>(), x, n));
}
template <class D>
HWY_INLINE auto part_as_doubles(D d, const double* x, std::int64_t n) {
  return part_of_vector<Add>(d, x, n);
}

struct Squares {
  template <class D, class T>
  HWY_INLINE auto operator()(D d, const T* x) const {
    const auto v = as_doubles(d, x);
    return hn::Mul(v, v);
  }
  template <class Op, class D, class T>
  static HWY_INLINE auto part(D d, const T* x, std::int64_t n) {
    const auto v = part_as_doubles(d, x, n);
    return hn::Mul(v, v);
  }
};

// Blocks of float64 are short; their sums are added in a Total
template <class T>
constexpr std::int64_t kLengthOfBlock = sizeof(T) == sizeof(float) ? 65536 : 1024;
template <class T>
void rows_of_squares(const void* x_rows, std::int64_t stride, std::int64_t rows, std::int64_t n, void* into) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const T* x = static_cast<const T*>(x_rows) + r * stride;
    detail::Total<T> total;
    for (std::int64_t begin = 0; begin < n; begin += kLengthOfBlock<T>)
      total.add(fold_row<Add, Squares, double>(x + begin, std::min(kLengthOfBlock<T>, n - begin)));
    static_cast<double*>(into)[r] = total.value();
  }
}
template <class T>
void columns_of_squares(const void* x, std::int64_t stride, std::int64_t n, std::int64_t width, void* into) {
  fold_columns<Add, Squares>(static_cast<const T*>(x), stride, n, width, static_cast<double*>(into));
}
void rows_of_sums(const void* x_rows, std::int64_t stride, std::int64_t rows, std::int64_t n, void* into) {
  for (std::int64_t r = 0; r < rows; ++r) {
    detail::Total<double> total;
    for (std::int64_t i = 0; i < n; ++i) total.add(static_cast<const double*>(x_rows)[r * stride + i]);
    static_cast<double*>(into)[r] = total.value();
  }
}
void columns_of_sums(const void* x, std::int64_t stride, std::int64_t n, std::int64_t width, void* into) {
  for (std::int64_t i = 0; i < width; ++i) {
    detail::Total<double> total;
    for (std::int64_t k = 0; k < n; ++k) total.add(static_cast<const double*>(x)[k * stride + i]);
    static_cast<double*>(into)[i] = total.value();
  }
}
constexpr detail::Fold kSumOfParts = {sizeof(double), rows_of_sums, columns_of_sums, &kSumOfParts, nullptr, false};

template <class T>
double dot(const void* a_run, const void* b_run, std::int64_t n) {
  const hn::ScalableTag<double> d;
  constexpr std::int64_t kLanes = hn::MaxLanes(d), kVectors = kRowLanes<double> / kLanes;
  const T *a = static_cast<const T*>(a_run), *b = static_cast<const T*>(b_run);
  if (n <= kLanes) return fold_lanes<Add>(d, hn::Mul(part_as_doubles(d, a, n), part_as_doubles(d, b, n)));
  detail::Total<T> total;
  for (std::int64_t begin = 0; begin < n; begin += kLengthOfBlock<T>) {
    const std::int64_t end = std::min(n, begin + kLengthOfBlock<T>);
    hn::Vec<decltype(d)> lanes[kVectors];
    for (auto& one : lanes) one = hn::Zero(d);
    std::int64_t i = begin;
    for (; i + kRowLanes<double> <= end; i += kRowLanes<double>)
      for (std::int64_t k = 0; k < kVectors; ++k)
        lanes[k] = hn::Add(lanes[k], hn::Mul(as_doubles(d, a + i + k * kLanes), as_doubles(d, b + i + k * kLanes)));
    for (std::int64_t k = 0; k < kVectors && i < end; ++k, i += kLanes)
      lanes[k] = hn::Add(lanes[k], i + kLanes <= end ? hn::Mul(as_doubles(d, a + i), as_doubles(d, b + i))
                                                     : hn::Mul(part_as_doubles(d, a + i, end - i),
                                                               part_as_doubles(d, b + i, end - i)));
    for (std::int64_t width = kVectors / 2; width > 0; width /= 2)
      for (std::int64_t k = 0; k < width; ++k) lanes[k] = hn::Add(lanes[k], lanes[k + width]);
    total.add(fold_lanes<Add>(d, lanes[0]));
  }
  return total.value();
}

template <class T>
void root_mean_square(const void* sums, std::int64_t count, double n, double epsilon, void* y) {
  for (std::int64_t i = 0; i < count; ++i)
    static_cast<T*>(y)[i] = static_cast<T>(std::sqrt(static_cast<const double*>(sums)[i] / n + epsilon));
}
template <class T>
constexpr detail::Fold kRootMeanSquare = {sizeof(double), rows_of_squares<T>,  columns_of_squares<T>,
                                          &kSumOfParts,   root_mean_square<T>, false};

// The count, mean μ and Σ (x − μ)² of some numbers
struct Moments {
  double n = 0, mean = 0, squares = 0;
};
// From Σ d and Σ d², where d = x − center
HWY_INLINE Moments moments_of(double n, double center, double sum, double squares) {
  const double left = squares - sum * sum / n;
  return {n, center + sum / n, left < 0 ? 0 : left};  // negative through rounding; NaN stays NaN
}
// Chan, Golub and LeVeque (1983); adds nothing if the means are equal
HWY_INLINE Moments joined(const Moments& a, const Moments& b) {
  const double n = a.n + b.n, apart = b.mean - a.mean;
  return {n, a.mean + apart * (b.n / n), a.squares + b.squares + apart * apart * (a.n * b.n / n)};
}

struct TwoSums {
  double of, of_squares;
};
// Σ d and Σ d² over a row, where d = x − center
template <class T>
HWY_INLINE TwoSums sums_about(const T* x, std::int64_t n, double center) {
  const hn::ScalableTag<double> d;
  using V = hn::Vec<decltype(d)>;
  constexpr std::int64_t kLanes = hn::MaxLanes(d), kVectors = kRowLanes<double> / kLanes;
  detail::Total<T> sum, squares;
  const V middle = hn::Set(d, center);
  for (std::int64_t begin = 0; begin < n; begin += kLengthOfBlock<T>) {
    const std::int64_t end = std::min(n, begin + kLengthOfBlock<T>);
    V one[kVectors], two[kVectors];
    for (std::int64_t k = 0; k < kVectors; ++k) one[k] = two[k] = hn::Zero(d);
    std::int64_t i = begin;
    for (; i + kRowLanes<double> <= end; i += kRowLanes<double>)
      for (std::int64_t k = 0; k < kVectors; ++k) {
        const V away = hn::Sub(as_doubles(d, x + i + k * kLanes), middle);
        one[k] = hn::Add(one[k], away);
        two[k] = hn::Add(two[k], hn::Mul(away, away));
      }
    for (std::int64_t k = 0; k < kVectors && i < end; ++k, i += kLanes) {
      V away;
      if (i + kLanes <= end)
        away = hn::Sub(as_doubles(d, x + i), middle);
      else
        away = hn::IfThenElseZero(hn::FirstN(d, static_cast<std::size_t>(end - i)),
                                  hn::Sub(part_as_doubles(d, x + i, end - i), middle));
      one[k] = hn::Add(one[k], away);
      two[k] = hn::Add(two[k], hn::Mul(away, away));
    }
    for (std::int64_t width = kVectors / 2; width > 0; width /= 2)
      for (std::int64_t k = 0; k < width; ++k) {
        one[k] = hn::Add(one[k], one[k + width]);
        two[k] = hn::Add(two[k], two[k + width]);
      }
    sum.add(fold_lanes<Add>(d, one[0]));
    squares.add(fold_lanes<Add>(d, two[0]));
  }
  return {sum.value(), squares.value()};
}

// Deviations are taken from the first number, so that equal numbers give exactly 0. This loses digits if the first
// number is an outlier: at most a factor n of double precision, which float32 can afford; for float64 the center is the
// mean, computed in a first pass.
template <class T>
void rows_of_moments(const void* x_rows, std::int64_t stride, std::int64_t rows, std::int64_t n, void* into) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const T* x = static_cast<const T*>(x_rows) + r * stride;
    Moments& to = static_cast<Moments*>(into)[r];
    to = {};
    if (n == 0) continue;
    const auto count = static_cast<double>(n);
    auto center = static_cast<double>(x[0]);
    if constexpr (sizeof(T) == sizeof(double)) center += sums_about(x, n, center).of / count;
    const TwoSums sums = sums_about(x, n, center);
    to = moments_of(count, center, sums.of, sums.of_squares);
  }
}
template <class T>
void columns_of_moments(const void* x_rows, std::int64_t stride, std::int64_t n, std::int64_t width, void* into) {
  constexpr std::int64_t kGroup = 256;
  const T* x = static_cast<const T*>(x_rows);
  const auto count = static_cast<double>(n);
  double center[kGroup], sum[kGroup], squares[kGroup];
  for (std::int64_t begin = 0; begin < width; begin += kGroup) {
    const std::int64_t size = std::min(kGroup, width - begin);
    for (std::int64_t i = 0; i < size; ++i) {
      center[i] = static_cast<double>(x[begin + i]);
      sum[i] = squares[i] = 0;
    }
    if constexpr (sizeof(T) == sizeof(double)) {
      for (std::int64_t k = 0; k < n; ++k)
        for (std::int64_t i = 0; i < size; ++i) sum[i] += x[k * stride + begin + i] - center[i];
      for (std::int64_t i = 0; i < size; ++i) {
        center[i] += sum[i] / count;
        sum[i] = 0;
      }
    }
    for (std::int64_t k = 0; k < n; ++k)
      for (std::int64_t i = 0; i < size; ++i) {
        const double away = static_cast<double>(x[k * stride + begin + i]) - center[i];
        sum[i] += away;
        squares[i] += away * away;
      }
    for (std::int64_t i = 0; i < size; ++i)
      static_cast<Moments*>(into)[begin + i] = moments_of(count, center[i], sum[i], squares[i]);
  }
}
void rows_of_parts(const void* x_rows, std::int64_t stride, std::int64_t rows, std::int64_t n, void* into) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const Moments* x = static_cast<const Moments*>(x_rows) + r * stride;
    Moments all = x[0];
    for (std::int64_t i = 1; i < n; ++i) all = joined(all, x[i]);
    static_cast<Moments*>(into)[r] = all;
  }
}
void columns_of_parts(const void* x_rows, std::int64_t stride, std::int64_t n, std::int64_t width, void* into) {
  Moments* to = static_cast<Moments*>(into);
  for (std::int64_t k = 0; k < n; ++k)
    for (std::int64_t i = 0; i < width; ++i) {
      const Moments& one = static_cast<const Moments*>(x_rows)[k * stride + i];
      to[i] = k == 0 ? one : joined(to[i], one);
    }
}
constexpr detail::Fold kMomentsOfParts = {sizeof(Moments),  rows_of_parts, columns_of_parts,
                                          &kMomentsOfParts, nullptr,       false};

template <class T>
void variance(const void* moments, std::int64_t count, double n, double, void* y) {
  for (std::int64_t i = 0; i < count; ++i)
    static_cast<T*>(y)[i] = static_cast<T>(static_cast<const Moments*>(moments)[i].squares / n);
}
template <class T>
void deviation(const void* moments, std::int64_t count, double n, double, void* y) {
  for (std::int64_t i = 0; i < count; ++i)
    static_cast<T*>(y)[i] = static_cast<T>(std::sqrt(static_cast<const Moments*>(moments)[i].squares / n));
}
template <class T>
constexpr detail::Fold moments_with(decltype(detail::Fold::finish) finish) {
  return {sizeof(Moments), rows_of_moments<T>, columns_of_moments<T>, &kMomentsOfParts, finish, false};
}

constexpr detail::MomentKernels kTable = {
    .dot = detail::floats(dot<float>, dot<double>),
    .root_mean_square = {kRootMeanSquare<float>, kRootMeanSquare<double>},
    .variance = {moments_with<float>(variance<float>), moments_with<double>(variance<double>)},
    .deviation = {moments_with<float>(deviation<float>), moments_with<double>(deviation<double>)},
};

RETROGRAD_END_KERNELS(MomentKernels, moment_kernels);
