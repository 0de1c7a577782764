// The one door to BLAS: matrix products, cut into tiles whose borders depend on the shape alone, each tile one
// single-threaded sgemm or dgemm, or a kernel of small_gemm.h, so that the bits do not depend on the number of
// threads. OpenBLAS is set to one thread when the first product runs or the pool starts, which concerns the whole
// process. Knows pointers and strides, not tensors.
#pragma once
#include <cstdint>
#include <string>

#include "../base/function_ref.h"
#include "../base/matrix.h"

namespace retrograd {

/// The name of the core type whose kernels OpenBLAS chose, e.g. "Haswell".
std::string blas_core();

namespace detail {

/// Maximum number of terms of an element of a product that are summed in one pass. Longer sums are split into halves,
/// so the error of a product hardly grows with the length of its sums.
inline constexpr std::int64_t kLongestSum = 4096;

/// How a product m × n × k is cut: into rows × columns tiles.
struct TileGrid {
  std::int64_t rows, columns;
  std::int64_t m, n;
  std::int64_t count() const { return rows * columns; }
  TileRange operator[](std::int64_t tile) const;
};
/// False where a size is more than BLAS takes, of which a product is a ShapeError.
bool fits_blas(std::int64_t m, std::int64_t n, std::int64_t k);
/// The cut of a product whose tiles all go into one matrix.
TileGrid tiles_of_product(std::int64_t m, std::int64_t n, std::int64_t k);
/// The cut of a product whose tiles are used up one by one, and so must fit a cache.
TileGrid tiles_in_cache(std::int64_t m, std::int64_t n, std::int64_t k);

/// C (m × n, rows `c_stride` apart) = A (m × k) · B (k × n) + beta · C.
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<float> a, MatrixIn<float> b, float beta, float* c,
          std::int64_t c_stride, const TileEpilogue* after = nullptr);
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<double> a, MatrixIn<double> b, double beta,
          double* c, std::int64_t c_stride, const TileEpilogue* after = nullptr);

/// One tile of A · B on the calling thread; c is its own first element.
void gemm_tile(const TileRange& tile, std::int64_t k, MatrixIn<float> a, MatrixIn<float> b, float beta, float* c,
               std::int64_t c_stride);
void gemm_tile(const TileRange& tile, std::int64_t k, MatrixIn<double> a, MatrixIn<double> b, double beta, double* c,
               std::int64_t c_stride);

/// Where the operands of one product of a batch begin, in elements behind those of the first.
struct BatchOffset {
  std::int64_t a, b;
};
/// Cᵢ = Aᵢ · Bᵢ for i from 0 to count-1; the Cᵢ lie one behind the other. Many small products are spread over the pool,
/// large ones are cut into tiles like a single one.
void gemm_batch(std::int64_t count, std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<float> a,
                MatrixIn<float> b, float* c, FunctionRef<BatchOffset(std::int64_t)> offset);
void gemm_batch(std::int64_t count, std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<double> a,
                MatrixIn<double> b, double* c, FunctionRef<BatchOffset(std::int64_t)> offset);

/// Sets OpenBLAS to one thread, at the first call on each thread.
void prepare_blas();

}  // namespace detail
}  // namespace retrograd
