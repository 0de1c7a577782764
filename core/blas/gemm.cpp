#include "gemm.h"

#include <cblas.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <limits>
#include <vector>

#include "../base/error.h"
#include "../base/storage.h"
#include "../base/threads.h"
#include "../kernels/small_gemm.h"

namespace retrograd {

std::string blas_core() { return openblas_get_corename(); }

// An OpenMP build of OpenBLAS keeps the thread count per calling thread; other builds keep it per process.
void detail::prepare_blas() {
  thread_local constinit bool is_prepared = false;
  if (is_prepared) return;
  openblas_set_num_threads(1);
  is_prepared = true;
}

namespace {

using detail::MatrixIn;
using detail::TileGrid;
using detail::TileRange;

void multiply(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, const float* a, int lda, const float* b,
              int ldb, float beta, float* c, int ldc) {
  cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
}
void multiply(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, const double* a, int lda, const double* b,
              int ldb, double beta, double* c, int ldc) {
  cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
}

// The largest result for which OpenBLAS may use kernels without blocking (products of up to 10⁶ multiplications), the
// number of terms it is given per sum then, and the number up to which a single call is preferred.
constexpr std::int64_t kSmallResult = 4096, kFewTerms = 96, kMostTerms = 128;

// The operands from product p of each sum on.
template <class T>
MatrixIn<T> from_column(const MatrixIn<T>& a, std::int64_t p) {
  return {a.data + p * (a.transposed ? a.stride : 1), a.stride, a.transposed};
}
template <class T>
MatrixIn<T> from_row(const MatrixIn<T>& b, std::int64_t p) {
  return {b.data + p * (b.transposed ? 1 : b.stride), b.stride, b.transposed};
}

template <class T>
void tile(const TileRange& at, std::int64_t k, MatrixIn<T> a, MatrixIn<T> b, T beta, T* c, std::int64_t c_stride) {
  const std::int64_t rows = at.row_end - at.row_begin, columns = at.column_end - at.column_begin;
  if (rows == 0 || columns == 0) return;
  if (k == 0) {
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t j = 0; j < columns; ++j) c[i * c_stride + j] = beta == T{0} ? T{0} : beta * c[i * c_stride + j];
    return;
  }
  const MatrixIn<T> left{a.data + at.row_begin * (a.transposed ? 1 : a.stride), a.stride, a.transposed};
  const MatrixIn<T> right{b.data + at.column_begin * (b.transposed ? b.stride : 1), b.stride, b.transposed};
  const bool is_short = k <= detail::kLongestSum;
  if (is_short && detail::small_gemm(rows, columns, k, left, right, beta, c, c_stride)) return;
  // BLAS accumulates into C block by block, but into a small C all at once: that error would grow with k.
  const bool is_small = rows * columns <= kSmallResult;
  if (is_short && !(is_small && k > kMostTerms)) {
    multiply(a.transposed ? CblasTrans : CblasNoTrans, b.transposed ? CblasTrans : CblasNoTrans, static_cast<int>(rows),
             static_cast<int>(columns), static_cast<int>(k), left.data, static_cast<int>(a.stride), right.data,
             static_cast<int>(b.stride), beta, c, static_cast<int>(c_stride));
    return;
  }
  const std::int64_t longest = is_short ? kFewTerms : detail::kLongestSum;
  const std::int64_t half = (k / longest + 1) / 2 * longest;
  tile(at, half, a, b, beta, c, c_stride);
  std::vector<T, detail::PoolAllocator<T>> rest(static_cast<std::size_t>(rows * columns));
  tile(at, k - half, from_column(a, half), from_row(b, half), T{0}, rest.data(), columns);
  const T* more = rest.data();
  for (std::int64_t i = 0; i < rows; ++i, more += columns)
    for (std::int64_t j = 0; j < columns; ++j) c[i * c_stride + j] += more[j];
}

// Called before the first product, on the thread that computes it.
template <class T>
void prepare(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixIn<T>& a, const MatrixIn<T>& b,
             std::int64_t c_stride) {
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();
  if (std::max({m, n, k, a.stride, b.stride, c_stride}) > kMost)
    detail::fail<ShapeError>("matmul: BLAS supports sizes up to {}, got {} x {} x {}", kMost, m, k, n);
  detail::prepare_blas();
}

template <class T>
void tiled_gemm(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixIn<T>& a, const MatrixIn<T>& b, T beta,
                T* c, std::int64_t c_stride, const detail::TileEpilogue* after) {
  prepare(m, n, k, a, b, c_stride);
  const TileGrid grid = detail::tiles_of_product(m, n, k);
  const auto one = [&](const TileRange& at) {
    tile(at, k, a, b, beta, c + at.row_begin * c_stride + at.column_begin, c_stride);
    if (after) (*after)(at);
  };
  if (grid.count() == 1) return one({0, m, 0, n});
  detail::parallel_for(grid.count(), detail::kSharedSteps, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t t = begin; t < end; ++t) one(grid[t]);
  });
}

double flops_of(std::int64_t m, std::int64_t n, std::int64_t k) {
  return 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
}

template <class T>
void batched_gemm(std::int64_t count, std::int64_t m, std::int64_t n, std::int64_t k, const MatrixIn<T>& a,
                  const MatrixIn<T>& b, T* c, FunctionRef<detail::BatchOffset(std::int64_t)> offset) {
  prepare(m, n, k, a, b, n);
  const TileGrid grid = detail::tiles_of_product(m, n, k);
  const auto one = [&](std::int64_t i, const TileRange& at) {
    const detail::BatchOffset from = offset(i);
    tile(at, k, {a.data + from.a, a.stride, a.transposed}, {b.data + from.b, b.stride, b.transposed}, T{0},
         c + i * m * n + at.row_begin * n + at.column_begin, n);
  };
  const std::int64_t tiles = grid.count();
  const double steps = tiles > 1 ? detail::kSharedSteps : flops_of(m, n, k) / detail::kFlopsOfStep;
  detail::parallel_for(count * tiles, steps, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t t = begin; t < end; ++t) one(t / tiles, tiles > 1 ? grid[t % tiles] : TileRange{0, m, 0, n});
  });
}

// Borders are multiples of the width of OpenBLAS's packed panels: others cost up to an eighth of the speed.
constexpr std::int64_t kGrain = 16;
// The flops of a tile, about 0.1 ms, and the flops from which a product is split in two anyway: handing off half of it
// costs a tenth of what it saves.
constexpr double kTileFlops = 8e6, kTwoTiles = 1.2e6;
// Every tile packs the operand that is not split again. If that operand fits in the L2 cache, packing is cheap and
// tiles may be as narrow as kNarrow; otherwise they are about kWide.
constexpr std::int64_t kCached = 128 * 1024, kNarrow = 240, kWide = 1024;

std::int64_t tiles_along(std::int64_t extent, std::int64_t packed_again, double flops) {
  const std::int64_t width = packed_again <= kCached ? kNarrow : kWide;
  const auto by_flops =
      std::max<std::int64_t>(static_cast<std::int64_t>(flops / kTileFlops), flops < kTwoTiles ? 1 : 2);
  const auto tiles = static_cast<std::uint64_t>(std::min(by_flops, std::max<std::int64_t>(extent / width, 2)));
  return static_cast<std::int64_t>(std::bit_floor(std::clamp<std::uint64_t>(tiles, 1, 16)));  // splits evenly
}

std::int64_t border(std::int64_t extent, std::int64_t part, std::int64_t parts) {
  return std::min(extent, (extent + kGrain - 1) / kGrain * part / parts * kGrain);
}

}  // namespace

bool detail::fits_blas(std::int64_t m, std::int64_t n, std::int64_t k) {
  return std::max({m, n, k}) <= std::numeric_limits<int>::max();
}

TileRange detail::TileGrid::operator[](std::int64_t tile) const {
  const std::int64_t i = tile / columns, j = tile % columns;
  return {border(m, i, rows), border(m, i + 1, rows), border(n, j, columns), border(n, j + 1, columns)};
}

TileGrid detail::tiles_of_product(std::int64_t m, std::int64_t n, std::int64_t k) {
  const double flops = flops_of(m, n, k);
  return m >= n ? TileGrid{tiles_along(m, n * k, flops), 1, m, n} : TileGrid{1, tiles_along(n, m * k, flops), m, n};
}

TileGrid detail::tiles_in_cache(std::int64_t m, std::int64_t n, std::int64_t k) {
  // With short sums, a tile is consumed as fast as it is computed, so it should stay in the L1 cache.
  constexpr std::int64_t kShort = 16, kFewElements = 12 * 1024;
  if (k <= kShort && m >= kGrain) {
    const std::int64_t rows = std::max<std::int64_t>(kFewElements / n / kGrain, 1) * kGrain;
    return {(m + rows - 1) / rows, 1, m, n};
  }
  constexpr std::int64_t kRows = 1024, kColumns = 512;
  const TileGrid grid{(m + kRows - 1) / kRows, (n + kColumns - 1) / kColumns, m, n};
  return m * n >= 2 * kRows * kColumns ? grid : tiles_of_product(m, n, k);
}

void detail::gemm(std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<float> a, MatrixIn<float> b, float beta,
                  float* c, std::int64_t c_stride, const TileEpilogue* after) {
  tiled_gemm(m, n, k, a, b, beta, c, c_stride, after);
}
void detail::gemm(std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<double> a, MatrixIn<double> b, double beta,
                  double* c, std::int64_t c_stride, const TileEpilogue* after) {
  tiled_gemm(m, n, k, a, b, beta, c, c_stride, after);
}

void detail::gemm_batch(std::int64_t count, std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<float> a,
                        MatrixIn<float> b, float* c, FunctionRef<BatchOffset(std::int64_t)> offset) {
  batched_gemm(count, m, n, k, a, b, c, offset);
}
void detail::gemm_batch(std::int64_t count, std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<double> a,
                        MatrixIn<double> b, double* c, FunctionRef<BatchOffset(std::int64_t)> offset) {
  batched_gemm(count, m, n, k, a, b, c, offset);
}

void detail::gemm_tile(const TileRange& at, std::int64_t k, MatrixIn<float> a, MatrixIn<float> b, float beta, float* c,
                       std::int64_t c_stride) {
  prepare(at.row_end, at.column_end, k, a, b, c_stride);
  tile(at, k, a, b, beta, c, c_stride);
}
void detail::gemm_tile(const TileRange& at, std::int64_t k, MatrixIn<double> a, MatrixIn<double> b, double beta,
                       double* c, std::int64_t c_stride) {
  prepare(at.row_end, at.column_end, k, a, b, c_stride);
  tile(at, k, a, b, beta, c, c_stride);
}

}  // namespace retrograd
