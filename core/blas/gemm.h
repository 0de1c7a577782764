// The only interface to BLAS: matrix products, split into tiles whose borders depend on the shape alone. Each tile is
// one single-threaded sgemm or dgemm, or a kernel of small_gemm.h, so results are bitwise equal for any number of
// threads. OpenBLAS is set to one thread when the first product runs or the pool starts, which affects the whole
// process. Depends on pointers and strides, not on tensors.
#pragma once
#include <cstdint>
#include <string>

#include "../base/function_ref.h"
#include "../base/matrix.h"

namespace retrograd {

/// The core type whose kernels OpenBLAS selected, e.g. "Haswell".
std::string blas_core();

namespace detail {

/// The maximum number of terms of a sum that are added in one pass. Longer sums are split in half, so the error of a
/// product hardly grows with the length of its sums.
inline constexpr std::int64_t kLongestSum = 4096;

/// How a product m × n × k is split: into rows × columns tiles.
struct TileGrid {
  std::int64_t rows, columns;
  std::int64_t m, n;
  std::int64_t count() const { return rows * columns; }
  TileRange operator[](std::int64_t tile) const;
};
/// False if a size exceeds what BLAS supports; computing such a product is a ShapeError.
bool fits_blas(std::int64_t m, std::int64_t n, std::int64_t k);
/// The tiles of a product computed into a single matrix.
TileGrid tiles_of_product(std::int64_t m, std::int64_t n, std::int64_t k);
/// The tiles of a product that are consumed one by one, and so must fit in a cache.
TileGrid tiles_in_cache(std::int64_t m, std::int64_t n, std::int64_t k);

/// C (m × n, rows `c_stride` apart) = A (m × k) · B (k × n) + beta · C.
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<float> a, MatrixIn<float> b, float beta, float* c,
          std::int64_t c_stride, const TileEpilogue* after = nullptr);
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<double> a, MatrixIn<double> b, double beta,
          double* c, std::int64_t c_stride, const TileEpilogue* after = nullptr);

/// One tile of A · B on the calling thread; c points to the tile's first element.
void gemm_tile(const TileRange& tile, std::int64_t k, MatrixIn<float> a, MatrixIn<float> b, float beta, float* c,
               std::int64_t c_stride);
void gemm_tile(const TileRange& tile, std::int64_t k, MatrixIn<double> a, MatrixIn<double> b, double beta, double* c,
               std::int64_t c_stride);

/// The offsets of the operands of one product of a batch, in elements from those of the first.
struct BatchOffset {
  std::int64_t a, b;
};
/// Cᵢ = Aᵢ · Bᵢ for i from 0 to count-1; the Cᵢ are contiguous. Many small products are spread over the pool; large
/// ones are split into tiles like single ones.
void gemm_batch(std::int64_t count, std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<float> a,
                MatrixIn<float> b, float* c, FunctionRef<BatchOffset(std::int64_t)> offset);
void gemm_batch(std::int64_t count, std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<double> a,
                MatrixIn<double> b, double* c, FunctionRef<BatchOffset(std::int64_t)> offset);

/// Sets OpenBLAS to one thread, on the first call on each thread.
void prepare_blas();

}  // namespace detail
}  // namespace retrograd
