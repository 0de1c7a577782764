#include "blas.h"

#include <cblas.h>

#include <algorithm>
#include <limits>

#include "error.h"
#include "threads.h"

namespace retrograd {

std::string blas_core() { return openblas_get_corename(); }

void detail::use_one_blas_thread() { openblas_set_num_threads(1); }

namespace {

using detail::MatrixIn;

void tile(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, const float* a, int lda, const float* b, int ldb,
          float beta, float* c, int ldc) {
  cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
}
void tile(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, const double* a, int lda, const double* b,
          int ldb, double beta, double* c, int ldc) {
  cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
}

// Flops below which a product is one tile, and the grain on which borders fall: the width of OpenBLAS's packed panels.
constexpr double kTileFlops = 8e6;
constexpr std::int64_t kGrain = 32;

template <class T>
void tiled_gemm(std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<T> a, MatrixIn<T> b, T beta, T* c,
                std::int64_t c_stride) {
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();
  if (std::max({m, n, k, a.stride, b.stride, c_stride}) > kMost)
    fail<ShapeError>("matmul: BLAS takes sizes up to {}, got {} x {} x {}", kMost, m, k, n);
  if (m == 0 || n == 0) return;
  [[maybe_unused]] static const bool once = (detail::use_one_blas_thread(), true);
  if (k == 0) {
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t j = 0; j < n; ++j) c[i * c_stride + j] = beta == T{0} ? T{0} : beta * c[i * c_stride + j];
    return;
  }
  const double flops = 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  const bool by_rows = m >= n;
  const std::int64_t extent = by_rows ? m : n;
  const std::int64_t grains = (extent + kGrain - 1) / kGrain;
  const std::int64_t tiles =
      std::clamp(static_cast<std::int64_t>(flops / kTileFlops), std::int64_t{1}, std::min<std::int64_t>(grains, 16));
  const CBLAS_TRANSPOSE ta = a.transposed ? CblasTrans : CblasNoTrans, tb = b.transposed ? CblasTrans : CblasNoTrans;
  detail::parallel_for(tiles, [&](std::int64_t t) {
    const std::int64_t begin = grains * t / tiles * kGrain, end = std::min(extent, grains * (t + 1) / tiles * kGrain);
    const std::int64_t rows = by_rows ? end - begin : m, columns = by_rows ? n : end - begin;
    const T* a_tile = by_rows ? a.data + begin * (a.transposed ? 1 : a.stride) : a.data;
    const T* b_tile = by_rows ? b.data : b.data + begin * (b.transposed ? b.stride : 1);
    T* c_tile = c + begin * (by_rows ? c_stride : 1);
    tile(ta, tb, static_cast<int>(rows), static_cast<int>(columns), static_cast<int>(k), a_tile,
         static_cast<int>(a.stride), b_tile, static_cast<int>(b.stride), beta, c_tile, static_cast<int>(c_stride));
  });
}

}  // namespace

void detail::gemm(std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<float> a, MatrixIn<float> b, float beta,
                  float* c, std::int64_t c_stride) {
  tiled_gemm(m, n, k, a, b, beta, c, c_stride);
}
void detail::gemm(std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<double> a, MatrixIn<double> b, double beta,
                  double* c, std::int64_t c_stride) {
  tiled_gemm(m, n, k, a, b, beta, c, c_stride);
}

}  // namespace retrograd
