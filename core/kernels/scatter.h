// Adds rows at the positions given by indices, in the order of the indices; indices must be in range. Not a public
// header.
#pragma once
#include "../base/total.h"
#include "kernel.h"

namespace retrograd::detail {

/// The maximum number of terms that are added one by one.
inline constexpr std::int64_t kFewTerms = 64;
/// See has_many.
inline constexpr std::int64_t kBytesOfUse = 4;

/// Counts in `uses`, initially zeros, how often the indices use each of `rows` rows. Returns the number of rows with
/// more than kFewTerms terms, and numbers these: their entry is −1 minus the number.
std::int64_t count_uses(std::int64_t* uses, std::int64_t rows, const std::int64_t* indices, std::int64_t count);

/// Adds `count` rows of `width` elements to the rows of `into` given by the indices, in the columns [first, last). Rows
/// with many terms according to count_uses (null if there are none) are accumulated in `totals`, `width` for each such
/// row, so that the error does not grow with the number of terms. T is float or double.
template <class T>
void add_rows(T* into, std::int64_t rows, std::int64_t width, const T* from, const std::int64_t* indices,
              std::int64_t count, const std::int64_t* uses, Total<T>* totals, std::int64_t first, std::int64_t last);

struct ScatterKernels {
  /// The positions in (outer, n, inner) of indices (outer, m, inner): places[o, k, i] = (o · n + index) · inner + i.
  void (*places)(const std::int64_t* indices, std::int64_t* places, std::int64_t outer, std::int64_t m,
                 std::int64_t inner, std::int64_t n);
  /// into[places[j]] += from[j]; integers wrap around.
  void (*add_integers)(std::int64_t* into, const std::int64_t* from, const std::int64_t* places, std::int64_t count);
  /// True if more than kFewTerms of the indices (m, inner) refer to the same element of (n, inner), within the columns
  /// [first, last). `scratch` has kBytesOfUse bytes for each of these elements, and m is less than 2¹⁶.
  bool (*has_many)(const std::int64_t* indices, void* scratch, std::int64_t n, std::int64_t m, std::int64_t inner,
                   std::int64_t first, std::int64_t last);
  /// into[indices[k, i], i] += from[k, i] in the columns [first, last); float32 or float64.
  ByDtype<void (*)(void* into, const void* from, const std::int64_t* indices, std::int64_t m, std::int64_t inner,
                   std::int64_t first, std::int64_t last)>
      add_columns;
};
const ScatterKernels& scatter_kernels();

}  // namespace retrograd::detail
