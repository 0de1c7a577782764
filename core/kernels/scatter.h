// Rows added where their indices say, which lie within bounds; in the order of the indices. Not a public header.
#pragma once
#include "../base/total.h"
#include "kernel.h"

namespace retrograd::detail {

/// How often each of `rows` rows is used by the indices, into `uses`, zeros before; of rows with more than kFewTerms
/// terms −1 − their number, and the value is how many these are.
std::int64_t count_uses(std::int64_t* uses, std::int64_t rows, const std::int64_t* indices, std::int64_t count);

/// Adds `count` rows of `width` elements to those rows of `into` that the indices say. Rows with many terms, as
/// count_uses tells (null: there are none), are summed up in totals, `width` for each, so that the error does not grow
/// with their number. T is float or double.
template <class T>
void add_rows(T* into, std::int64_t rows, std::int64_t width, const T* from, const std::int64_t* indices,
              std::int64_t count, const std::int64_t* uses, Total<T>* totals);

struct ScatterKernels {
  /// Of indices as (outer, m, inner) the places in (outer, n, inner): places[o, k, i] = (o · n + index) · inner + i.
  void (*places)(const std::int64_t* indices, std::int64_t* places, std::int64_t outer, std::int64_t m,
                 std::int64_t inner, std::int64_t n);
  /// into[places[j]] += from[j], of integers, which wrap around.
  void (*add_integers)(std::int64_t* into, const std::int64_t* from, const std::int64_t* places, std::int64_t count);
};
const ScatterKernels& scatter_kernels();

}  // namespace retrograd::detail
