// Pooling: the maximum or the mean of each window or part of a plane, and their transposes. Each kernel processes the
// planes in [first, last). Not a public header.
#pragma once
#include "kernel.h"
#include "windows.h"

namespace retrograd::detail {

/// A plane of height × width divided into rows × columns nearly equal parts.
struct Parts {
  std::int64_t height, width, rows, columns;
  std::int64_t pixels() const { return height * width; }
  std::int64_t count() const { return rows * columns; }
  /// The maximum number of parts that a pixel may belong to.
  std::int64_t most_of_pixel() const { return (rows / height + 2) * (columns / width + 2); }
};

/// If windows or parts overlap, the shared elements receive sums: accumulated in `totals`, with room for a plane, if an
/// element receives more than kFewTerms terms.
struct PoolingKernels {
  /// y[p] = max over the window of p and, if index is not null, index[p] = the position of the maximum, or −1 for a
  /// window entirely in the padding.
  ByDtype<void (*)(const void* x, void* y, std::int64_t* index, const Windows& windows, std::int64_t first,
                   std::int64_t last)>
      largest;
  /// y[p] = x[index[p]], or 0 where the index is −1; and its transpose, x[index[p]] += y[p], with up to `most_terms`
  /// terms per element.
  ByDtype<void (*)(const void* x, const std::int64_t* index, void* y, std::int64_t pixels, std::int64_t positions,
                   std::int64_t first, std::int64_t last)>
      pick;
  ByDtype<void (*)(const void* y, const std::int64_t* index, void* x, double* totals, std::int64_t most_terms,
                   std::int64_t pixels, std::int64_t positions, std::int64_t first, std::int64_t last)>
      place;
  /// y[p] = the mean over the window of p, for y initially 0; and its transpose, which adds the shares of y to x.
  ByDtype<void (*)(const void*from, void*to, double*totals, const Windows&windows, std::int64_t first,
                   std::int64_t last)>
      average, share;
  /// The same for parts; y need not be initialized.
  ByDtype<void (*)(const void* x, void* y, const Parts& parts, std::int64_t first, std::int64_t last)> part_means;
  ByDtype<void (*)(const void* y, void* x, double* totals, const Parts& parts, std::int64_t first, std::int64_t last)>
      part_shares;
};
const PoolingKernels& pooling_kernels();

}  // namespace retrograd::detail
