// The one door to BLAS: matrix products, cut into tiles whose borders depend on the shape alone, each tile one
// single-threaded sgemm or dgemm, so that the bits do not depend on the number of threads. OpenBLAS is set
// to one thread when the first product runs or the pool starts, which concerns the whole process. Knows pointers and
// strides, not tensors.
#pragma once
#include <cstdint>
#include <string>

namespace retrograd {

/// The name of the core type whose kernels OpenBLAS chose, e.g. "Haswell".
std::string blas_core();

namespace detail {

/// A row-major operand: `transposed` where the product takes the transpose of what is stored.
template <class T>
struct MatrixIn {
  const T* data;
  std::int64_t stride;  // elements from one stored row to the next
  bool transposed;
};

/// C (m × n, rows `c_stride` apart) = A (m × k) · B (k × n) + beta · C.
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<float> a, MatrixIn<float> b, float beta, float* c,
          std::int64_t c_stride);
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, MatrixIn<double> a, MatrixIn<double> b, double beta,
          double* c, std::int64_t c_stride);

void use_one_blas_thread();

}  // namespace detail
}  // namespace retrograd
