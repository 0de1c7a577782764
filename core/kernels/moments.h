// Sums of products, of squares and of squared deviations from the mean, accumulated in double, in one pass over float32. The squares
// of float64 may overflow or underflow. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

struct MomentKernels {
  /// Σ aᵢ·bᵢ
  ByDtype<double (*)(const void* a, const void* b, std::int64_t n)> dot;
  /// √(Σ x²/n + ε), where n and ε are passed to the fold's `finish`
  ByDtype<Fold> root_mean_square;
  /// Σ (x − μ)²/n, and its root
  ByDtype<Fold> variance, deviation;
};
const MomentKernels& moment_kernels();

}  // namespace retrograd::detail
