#include "lapack.h"

#include <cblas.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "../base/error.h"
#include "../base/threads.h"

// OpenBLAS contains these LAPACK routines, but not every package of it has a header for them. Fortran passes the length
// of a character argument as a hidden last argument; routines written in C, as some in OpenBLAS are, ignore it.
extern "C" {
void sgetrf_(const int* m, const int* n, float* a, const int* lda, int* pivots, int* info);
void dgetrf_(const int* m, const int* n, double* a, const int* lda, int* pivots, int* info);
void spotrf_(const char* triangle, const int* n, float* a, const int* lda, int* info, std::size_t triangle_length);
void dpotrf_(const char* triangle, const int* n, double* a, const int* lda, int* info, std::size_t triangle_length);
void dgeqrf_(const int* m, const int* n, double* a, const int* lda, double* tau, double* work, const int* lwork,
             int* info);
void dorgqr_(const int* m, const int* n, const int* k, double* a, const int* lda, const double* tau, double* work,
             const int* lwork, int* info);
}

namespace retrograd::detail {

namespace {

void getrf(int n, float* a, int* pivots, int* info) { sgetrf_(&n, &n, a, &n, pivots, info); }
void getrf(int n, double* a, int* pivots, int* info) { dgetrf_(&n, &n, a, &n, pivots, info); }
// The upper triangle in column-major order is the lower one in row-major order.
void potrf(int n, float* a, int* info) { spotrf_("U", &n, a, &n, info, 1); }
void potrf(int n, double* a, int* info) { dpotrf_("U", &n, a, &n, info, 1); }

// A triangle as stored, and how it is used.
struct Triangle {
  CBLAS_UPLO side;
  CBLAS_TRANSPOSE transpose;
  CBLAS_DIAG diagonal;
};
void solve(Triangle t, int n, int k, const float* a, int lda, float* b, int ldb) {
  if (ldb == 1)
    cblas_strsv(CblasRowMajor, t.side, t.transpose, t.diagonal, n, a, lda, b, 1);
  else
    cblas_strsm(CblasRowMajor, CblasLeft, t.side, t.transpose, t.diagonal, n, k, 1, a, lda, b, ldb);
}
void solve(Triangle t, int n, int k, const double* a, int lda, double* b, int ldb) {
  if (ldb == 1)
    cblas_dtrsv(CblasRowMajor, t.side, t.transpose, t.diagonal, n, a, lda, b, 1);
  else
    cblas_dtrsm(CblasRowMajor, CblasLeft, t.side, t.transpose, t.diagonal, n, k, 1, a, lda, b, ldb);
}

void prepare(const char* op, std::int64_t n, std::int64_t k) {
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();
  if (std::max(n, k) > kMost) fail<ShapeError>("{}: LAPACK supports sizes up to {}, got {} x {}", op, kMost, n, k);
  prepare_blas();
}

double cube(std::int64_t n) { return static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(n); }

// Calls one(i, first column, columns) for each right-hand side, in blocks of columns.
template <class F>
void for_each_block(std::int64_t count, std::int64_t n, std::int64_t k, F one) {
  constexpr std::int64_t kColumns = 128;  // fewer would be slower, since each block reads the whole triangle
  const std::int64_t blocks = std::max<std::int64_t>((k + kColumns / 2) / kColumns, 1);
  const double flops =
      2.0 * static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(std::min(k, kColumns));
  parallel_for(count * blocks, flops / kFlopsOfStep, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t t = begin; t < end; ++t) {
      const std::int64_t block = t % blocks, first = block * kColumns,
                         last = block + 1 == blocks ? k : first + kColumns;
      one(t / blocks, first, last - first);
    }
  });
}

}  // namespace

template <class T>
void lu_factor(std::int64_t count, std::int64_t n, T* a, std::int64_t* pivots) {
  if (count == 0 || n == 0) return;
  prepare("lu_factor", n, n);
  std::vector<int> swaps(static_cast<std::size_t>(count * n));
  parallel_for(count, 2 * cube(n) / 3 / kFlopsOfStep, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      // In column-major order this is Aᵀ = P·L·U, so in row-major order A = Uᵀ·Lᵀ·Pᵀ. A zero pivot stays on the
      // diagonal, where the caller finds it.
      int info = 0;
      getrf(static_cast<int>(n), a + i * n * n, swaps.data() + i * n, &info);
    }
  });
  for (std::size_t i = 0; i < swaps.size(); ++i) pivots[i] = swaps[i] - 1;
}

template <class T>
void lu_solve(std::int64_t count, std::int64_t n, std::int64_t k, const T* lu, const std::int64_t* pivots,
              BatchMap matrix, bool transposed, T* b) {
  if (count == 0 || n == 0 || k == 0) return;
  prepare("lu_solve", n, k);
  constexpr Triangle kLower = {CblasLower, CblasNoTrans, CblasNonUnit}, kUpper = {CblasUpper, CblasNoTrans, CblasUnit},
                     kLowerTurned = {CblasLower, CblasTrans, CblasNonUnit},
                     kUpperTurned = {CblasUpper, CblasTrans, CblasUnit};
  for_each_block(count, n, k, [&](std::int64_t i, std::int64_t first, std::int64_t columns) {
    const T* factors = lu + matrix(i) * n * n;
    const std::int64_t* swaps = pivots + matrix(i) * n;
    T* rows = b + i * n * k + first;
    const auto exchange = [&](std::int64_t row) {
      if (swaps[row] != row) std::swap_ranges(rows + row * k, rows + row * k + columns, rows + swaps[row] * k);
    };
    const auto by = [&](const Triangle& triangle) {
      solve(triangle, static_cast<int>(n), static_cast<int>(columns), factors, static_cast<int>(n), rows,
            static_cast<int>(k));
    };
    if (transposed) {
      for (std::int64_t row = 0; row < n; ++row) exchange(row);
      by(kUpperTurned);
      by(kLowerTurned);
    } else {
      by(kLower);
      by(kUpper);
      for (std::int64_t row = n; row-- > 0;) exchange(row);
    }
  });
}

template <class T>
void cholesky_factor(std::int64_t count, std::int64_t n, T* a, std::int64_t* failed) {
  std::fill_n(failed, count, -1);
  if (n == 0) return;
  prepare("cholesky", n, n);
  parallel_for(count, cube(n) / 3 / kFlopsOfStep, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      T* matrix = a + i * n * n;
      int info = 0;
      potrf(static_cast<int>(n), matrix, &info);
      if (info > 0) failed[i] = info - 1;
      for (std::int64_t row = 0; row < n; ++row) {
        std::fill_n(matrix + row * n + row + 1, n - row - 1, T{0});
        if (!(matrix[row * n + row] > 0) && failed[i] < 0) failed[i] = row;  // NaN too, which not every version rejects
      }
    }
  });
}

template <class T>
void triangular_solve(std::int64_t count, std::int64_t n, std::int64_t k, MatrixIn<T> a, BatchMap offset, bool lower,
                      T* b) {
  if (count == 0 || n == 0 || k == 0) return;
  prepare("solve_triangular", std::max(n, a.stride), k);
  const Triangle triangle = {lower != a.transposed ? CblasLower : CblasUpper, a.transposed ? CblasTrans : CblasNoTrans,
                             CblasNonUnit};
  for_each_block(count, n, k, [&](std::int64_t i, std::int64_t first, std::int64_t columns) {
    solve(triangle, static_cast<int>(n), static_cast<int>(columns), a.data + offset(i), static_cast<int>(a.stride),
          b + i * n * k + first, static_cast<int>(k));
  });
}

void orthonormal_rows(std::int64_t n, std::int64_t m, double* a) {
  if (n == 0) return;
  prepare("orthonormal_rows", n, m);
  // LAPACK sees rows as columns: a tall matrix.
  const int rows = static_cast<int>(m), columns = static_cast<int>(n), room = 32 * columns;
  std::vector<double> scales(static_cast<std::size_t>(n)), work(static_cast<std::size_t>(room));
  int info = 0;
  dgeqrf_(&rows, &columns, a, &rows, scales.data(), work.data(), &room, &info);
  std::vector<bool> is_turned;
  for (std::int64_t i = 0; i < n; ++i) is_turned.push_back(a[i * m + i] < 0);
  dorgqr_(&rows, &columns, &columns, a, &rows, scales.data(), work.data(), &room, &info);
  for (std::int64_t i = 0; i < n; ++i)
    if (is_turned[static_cast<std::size_t>(i)])
      for (std::int64_t j = 0; j < m; ++j) a[i * m + j] = -a[i * m + j];
}

template void lu_factor(std::int64_t, std::int64_t, float*, std::int64_t*);
template void lu_factor(std::int64_t, std::int64_t, double*, std::int64_t*);
template void lu_solve(std::int64_t, std::int64_t, std::int64_t, const float*, const std::int64_t*, BatchMap, bool,
                       float*);
template void lu_solve(std::int64_t, std::int64_t, std::int64_t, const double*, const std::int64_t*, BatchMap, bool,
                       double*);
template void cholesky_factor(std::int64_t, std::int64_t, float*, std::int64_t*);
template void cholesky_factor(std::int64_t, std::int64_t, double*, std::int64_t*);
template void triangular_solve(std::int64_t, std::int64_t, std::int64_t, MatrixIn<float>, BatchMap, bool, float*);
template void triangular_solve(std::int64_t, std::int64_t, std::int64_t, MatrixIn<double>, BatchMap, bool, double*);

}  // namespace retrograd::detail
