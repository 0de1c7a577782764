// Adds rows at the positions given by indices, in the order of the indices; indices must be in range. Not a public
// header.
#pragma once
#include "../base/total.h"
#include "kernel.h"

namespace retrograd::detail {

/// Counts in `uses`, initially zeros, how often the indices use each of `rows` rows. Returns the number of rows with
/// more than kFewTerms terms, and numbers these: their entry is −1 minus the number.
std::int64_t count_uses(std::int64_t* uses, std::int64_t rows, const std::int64_t* indices, std::int64_t count);

/// Adds `count` rows of `width` elements to the rows of `into` given by the indices. Rows with many terms according to
/// count_uses (null if there are none) are accumulated in `totals`, `width` for each such row, so that the error does
/// not grow with the number of terms. T is float or double.
template <class T>
void add_rows(T* into, std::int64_t rows, std::int64_t width, const T* from, const std::int64_t* indices,
              std::int64_t count, const std::int64_t* uses, Total<T>* totals);

struct ScatterKernels {
  /// The positions in (outer, n, inner) of indices (outer, m, inner): places[o, k, i] = (o · n + index) · inner + i.
  void (*places)(const std::int64_t* indices, std::int64_t* places, std::int64_t outer, std::int64_t m,
                 std::int64_t inner, std::int64_t n);
  /// into[places[j]] += from[j]; integers wrap around.
  void (*add_integers)(std::int64_t* into, const std::int64_t* from, const std::int64_t* places, std::int64_t count);
};
const ScatterKernels& scatter_kernels();

}  // namespace retrograd::detail
