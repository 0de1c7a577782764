// Products with few rows or short sums: a BLAS spends more time packing their operands than multiplying, so these
// kernels read both in place. Sums run in blocks in the order of k, the same on any number of threads. Not a public
// header.
#pragma once
#include <cstdint>

#include "../base/matrix.h"

namespace retrograd::detail {

/// C (m × n) = A · B + beta · C on the calling thread; returns false, without computing, if BLAS is faster for these
/// sizes.
template <class T>
using SmallGemm = bool (*)(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixIn<T>& a, const MatrixIn<T>& b,
                           T beta, T* c, std::int64_t c_stride);
struct SmallGemmKernels {
  SmallGemm<float> floats;
  SmallGemm<double> doubles;
};
const SmallGemmKernels& small_gemm_kernels();

inline bool small_gemm(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixIn<float>& a,
                       const MatrixIn<float>& b, float beta, float* c, std::int64_t c_stride) {
  return small_gemm_kernels().floats(m, n, k, a, b, beta, c, c_stride);
}
inline bool small_gemm(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixIn<double>& a,
                       const MatrixIn<double>& b, double beta, double* c, std::int64_t c_stride) {
  return small_gemm_kernels().doubles(m, n, k, a, b, beta, c, c_stride);
}

}  // namespace retrograd::detail
