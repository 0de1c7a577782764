// Pooling: the largest element or the mean of each window or part of a plane, and their transposes. Each kernel does
// the planes from first to before last. Not a public header.
#pragma once
#include "kernel.h"
#include "windows.h"

namespace retrograd::detail {

/// The near-equal parts that a plane of height × width is cut into, rows and columns of them.
struct Parts {
  std::int64_t height, width, rows, columns;
  std::int64_t pixels() const { return height * width; }
  std::int64_t count() const { return rows * columns; }
  /// That a pixel may be in.
  std::int64_t most_of_pixel() const { return (rows / height + 2) * (columns / width + 2); }
};

/// Where windows or parts share elements, these are summed up: in `totals`, which has room for a plane, where one gets
/// more than kFewTerms of them.
struct PoolingKernels {
  /// y[p] = max over the window of p; and, where index is not null, where it stands: −1 for a window that meets
  /// nothing.
  ByDtype<void (*)(const void* x, void* y, std::int64_t* index, const Windows& windows, std::int64_t first,
                   std::int64_t last)>
      largest;
  /// y[p] = x[index[p]], 0 where the index is −1; and its transpose, x[index[p]] += y[p], of which up to `most_terms`
  /// meet in one element.
  ByDtype<void (*)(const void* x, const std::int64_t* index, void* y, std::int64_t pixels, std::int64_t positions,
                   std::int64_t first, std::int64_t last)>
      pick;
  ByDtype<void (*)(const void* y, const std::int64_t* index, void* x, double* totals, std::int64_t most_terms,
                   std::int64_t pixels, std::int64_t positions, std::int64_t first, std::int64_t last)>
      place;
  /// y[p] += Σ x over the window of p, and then / its size; and the transpose of the mean, x += the shares of y.
  ByDtype<void (*)(const void*from, void*to, double*totals, const Windows&windows, std::int64_t first,
                   std::int64_t last)>
      average, share;
  /// The same with parts; y need not be zeros.
  ByDtype<void (*)(const void* x, void* y, const Parts& parts, std::int64_t first, std::int64_t last)> part_means;
  ByDtype<void (*)(const void* y, void* x, double* totals, const Parts& parts, std::int64_t first, std::int64_t last)>
      part_shares;
};
const PoolingKernels& pooling_kernels();

}  // namespace retrograd::detail
