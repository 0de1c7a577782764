#define HWY_TARGET_INCLUDE "core/kernels/small_gemm.cpp"
#include "small_gemm.h"

#include <algorithm>

#include "targets-inl.h"

RETROGRAD_BEGIN_KERNELS();

using detail::MatrixIn;

// Enough accumulators to fill the registers: 32 of them with AVX-512, otherwise 16.
constexpr int kRowBlock = HWY_TARGET <= HWY_AVX3 ? 8 : 4;
constexpr int kDotRows = HWY_TARGET <= HWY_AVX3 ? 4 : 2;
constexpr int kVectors = 2, kDotColumns = 4;

/// op(A): element (i, p) is at data[i · down + p · along].
template <class T>
struct Steps {
  const T* data;
  std::int64_t down, along;
  explicit Steps(const MatrixIn<T>& x)
      : data(x.data), down(x.transposed ? 1 : x.stride), along(x.transposed ? x.stride : 1) {}
};

template <class T>
void store(T* c, T sum, T beta) {
  *c = beta == T{0} ? sum : sum + beta * *c;
}

// The number of terms that a sum adds one by one. Longer sums add the sums of such blocks, and `gemm` halves sums of
// more than a few dozen blocks, so the error of a sum hardly grows with its length.
constexpr std::int64_t kBlock = 96;

template <class T>
HWY_INLINE T plain_sum(const T* row, std::int64_t along, const T* column, std::int64_t down, std::int64_t k) {
  T sum = 0;
  for (std::int64_t p = 0; p < k; ++p, row += along, column += down) sum += *row * *column;
  return sum;
}
template <bool kIsLong, class T>
void plain_rows(std::int64_t m, std::int64_t n, std::int64_t k, const Steps<T>& a, const Steps<T>& b, T beta, T* c,
                std::int64_t c_stride) {
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      const T *row = a.data + i * a.down, *column = b.data + j * b.along;
      T sum = plain_sum(row, a.along, column, b.down, kIsLong ? kBlock : k);
      if constexpr (kIsLong)
        for (std::int64_t begin = kBlock; begin < k; begin += kBlock)
          sum +=
              plain_sum(row + begin * a.along, a.along, column + begin * b.down, b.down, std::min(k - begin, kBlock));
      store(&c[i * c_stride + j], sum, beta);
    }
}
template <class T>
void plain(std::int64_t m, std::int64_t n, std::int64_t k, const Steps<T>& a, const Steps<T>& b, T beta, T* c,
           std::int64_t c_stride) {
  k > kBlock ? plain_rows<true>(m, n, k, a, b, beta, c, c_stride) : plain_rows<false>(m, n, k, a, b, beta, c, c_stride);
}

// sums += A·B over the products in [begin, end); B is read by rows.
template <int kRows, int kWide, class T, class V>
HWY_INLINE void add_products(std::int64_t begin, std::int64_t end, const T* a, std::int64_t down, std::int64_t along,
                             const T* b, std::int64_t b_stride, V (&sums)[kRows][kWide]) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t p = begin; p < end; ++p) {
    V row[kWide];
    for (int v = 0; v < kWide; ++v) row[v] = hn::LoadU(d, b + p * b_stride + v * lanes);
    for (int i = 0; i < kRows; ++i) {
      const V factor = hn::Set(d, a[i * down + p * along]);
      for (int v = 0; v < kWide; ++v) sums[i][v] = hn::MulAdd(factor, row[v], sums[i][v]);
    }
  }
}
// The same over many blocks, each summed separately.
template <int kRows, int kWide, class T, class V>
HWY_INLINE void add_blocks(std::int64_t k, const T* a, std::int64_t down, std::int64_t along, const T* b,
                           std::int64_t b_stride, V (&totals)[kRows][kWide]) {
  const hn::ScalableTag<T> d;
  for (std::int64_t begin = 0; begin < k; begin += kBlock) {
    V sums[kRows][kWide];
    for (auto& row : sums)
      for (V& sum : row) sum = hn::Zero(d);
    add_products<kRows, kWide>(begin, std::min(begin + kBlock, k), a, down, along, b, b_stride, sums);
    for (int i = 0; i < kRows; ++i)
      for (int v = 0; v < kWide; ++v) totals[i][v] = hn::Add(totals[i][v], sums[i][v]);
  }
}

// kRows × kWide sums in registers, one row of B at a time.
template <bool kIsLong, int kRows, int kWide, class T>
void broadcast_block(std::int64_t k, const T* a, std::int64_t down, std::int64_t along, const T* b,
                     std::int64_t b_stride, T beta, T* c, std::int64_t c_stride) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  V sums[kRows][kWide];
  for (auto& row : sums)
    for (V& sum : row) sum = hn::Zero(d);
  if constexpr (kIsLong)
    add_blocks<kRows, kWide>(k, a, down, along, b, b_stride, sums);
  else
    add_products<kRows, kWide>(0, k, a, down, along, b, b_stride, sums);
  for (int i = 0; i < kRows; ++i)
    for (int v = 0; v < kWide; ++v) {
      T* to = c + i * c_stride + v * lanes;
      hn::StoreU(beta == T{0} ? sums[i][v] : hn::MulAdd(hn::Set(d, beta), hn::LoadU(d, to), sums[i][v]), d, to);
    }
}
template <bool kIsLong, int kRows, class T>
void broadcast_rows(std::int64_t n, std::int64_t k, const Steps<T>& a, const Steps<T>& b, T beta, T* c,
                    std::int64_t c_stride) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t j = 0;
  for (; j + kVectors * lanes <= n; j += kVectors * lanes)
    broadcast_block<kIsLong, kRows, kVectors>(k, a.data, a.down, a.along, b.data + j, b.down, beta, c + j, c_stride);
  for (; j + lanes <= n; j += lanes)
    broadcast_block<kIsLong, kRows, 1>(k, a.data, a.down, a.along, b.data + j, b.down, beta, c + j, c_stride);
  if (j < n) {
    Steps<T> rest = b;
    rest.data += j;
    plain(kRows, n - j, k, a, rest, beta, c + j, c_stride);
  }
}
template <class T>
void by_broadcast(std::int64_t m, std::int64_t n, std::int64_t k, Steps<T> a, const Steps<T>& b, T beta, T* c,
                  std::int64_t c_stride) {
  const auto rows = [&]<int kRows>() {
    for (; m >= kRows; m -= kRows, a.data += kRows * a.down, c += kRows * c_stride)
      k > kBlock ? broadcast_rows<true, kRows>(n, k, a, b, beta, c, c_stride)
                 : broadcast_rows<false, kRows>(n, k, a, b, beta, c, c_stride);
  };
  rows.template operator()<kRowBlock>();
  rows.template operator()<2>();
  rows.template operator()<1>();
}

// B is transposed, so its columns are contiguous: dot products, kRows × kColumns at a time.
template <int kRows, int kColumns, class T>
void dot_block(std::int64_t k, const T* a, std::int64_t a_stride, const T* b, std::int64_t b_stride, T beta, T* c,
               std::int64_t c_stride) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  V sums[kRows][kColumns];
  for (auto& row : sums)
    for (V& sum : row) sum = hn::Zero(d);
  std::int64_t p = 0;
  for (; p + lanes <= k; p += lanes) {
    V column[kColumns];
    for (int j = 0; j < kColumns; ++j) column[j] = hn::LoadU(d, b + j * b_stride + p);
    for (int i = 0; i < kRows; ++i) {
      const V row = hn::LoadU(d, a + i * a_stride + p);
      for (int j = 0; j < kColumns; ++j) sums[i][j] = hn::MulAdd(row, column[j], sums[i][j]);
    }
  }
  for (int i = 0; i < kRows; ++i)
    for (int j = 0; j < kColumns; ++j) {
      T sum = hn::GetLane(hn::SumOfLanes(d, sums[i][j]));
      for (std::int64_t q = p; q < k; ++q) sum += a[i * a_stride + q] * b[j * b_stride + q];
      store(c + i * c_stride + j, sum, beta);
    }
}
template <int kColumns, class T>
void dot_columns(std::int64_t m, std::int64_t k, const Steps<T>& a, const T* b, std::int64_t b_stride, T beta, T* c,
                 std::int64_t c_stride) {
  std::int64_t i = 0;
  for (; i + kDotRows <= m; i += kDotRows)
    dot_block<kDotRows, kColumns>(k, a.data + i * a.down, a.down, b, b_stride, beta, c + i * c_stride, c_stride);
  for (; i < m; ++i)
    dot_block<1, kColumns>(k, a.data + i * a.down, a.down, b, b_stride, beta, c + i * c_stride, c_stride);
}
template <class T>
void by_dots(std::int64_t m, std::int64_t n, std::int64_t k, Steps<T> a, Steps<T> b, T beta, T* c,
             std::int64_t c_stride) {
  const std::int64_t block = kBlock * static_cast<std::int64_t>(hn::Lanes(hn::ScalableTag<T>()));
  for (; k > block; k -= block, a.data += block, b.data += block, beta = 1)
    by_dots(m, n, block, a, b, beta, c, c_stride);
  std::int64_t j = 0;
  for (; j + kDotColumns <= n; j += kDotColumns)
    dot_columns<kDotColumns>(m, k, a, b.data + j * b.along, b.along, beta, c + j, c_stride);
  for (; j < n; ++j) dot_columns<1>(m, k, a, b.data + j * b.along, b.along, beta, c + j, c_stride);
}

template <class T>
bool multiply(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixIn<T>& a, const MatrixIn<T>& b, T beta, T* c,
              std::int64_t c_stride) {
  constexpr std::int64_t kTiny = 512, kFew = 16;
  if (m * n * k <= kTiny) {
    plain(m, n, k, Steps(a), Steps(b), beta, c, c_stride);
    return true;
  }
  if (HWY_TARGET == HWY_SCALAR || (m > kFew && k > kFew)) return false;
  if (!b.transposed && n >= kFew)
    by_broadcast(m, n, k, Steps(a), Steps(b), beta, c, c_stride);
  else if ((b.transposed || (n == 1 && b.stride == 1)) && !a.transposed && m <= kFew && k >= 2 * kFew)
    by_dots(m, n, k, Steps(a), Steps(b), beta, c, c_stride);
  else
    return false;
  return true;
}

constexpr detail::SmallGemmKernels kTable = {.floats = multiply<float>, .doubles = multiply<double>};

RETROGRAD_END_KERNELS(SmallGemmKernels, small_gemm_kernels);
