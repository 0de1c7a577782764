#include "scatter.h"

#include <algorithm>

namespace retrograd::detail {

std::int64_t count_uses(std::int64_t* uses, std::int64_t rows, const std::int64_t* indices, std::int64_t count) {
  std::int64_t many = 0;
  for (std::int64_t j = 0; j < count; ++j) ++uses[indices[j]];
  for (std::int64_t row = 0; row < rows; ++row)
    if (uses[row] > kFewTerms) uses[row] = -1 - many++;
  return many;
}

template <class T>
void add_rows(T* into, std::int64_t rows, std::int64_t width, const T* from, const std::int64_t* indices,
              std::int64_t count, const std::int64_t* uses, Total<T>* totals, std::int64_t first, std::int64_t last) {
  for (std::int64_t j = 0; j < count; ++j, from += width) {
    if (uses && uses[indices[j]] < 0) {
      Total<T>* total = totals + (-1 - uses[indices[j]]) * width;
      for (std::int64_t i = first; i < last; ++i) total[i].add(static_cast<double>(from[i]));
    } else {
      T* row = into + indices[j] * width;
      for (std::int64_t i = first; i < last; ++i) row[i] += from[i];
    }
  }
  if (!uses) return;
  for (std::int64_t r = 0; r < rows; ++r)
    if (const std::int64_t number = -1 - uses[r]; number >= 0)
      for (std::int64_t i = first; i < last; ++i) {
        T& sum = into[r * width + i];
        Total<T>& total = totals[number * width + i];
        total.add(static_cast<double>(sum));
        sum = static_cast<T>(total.value());
      }
}
template void add_rows(float*, std::int64_t, std::int64_t, const float*, const std::int64_t*, std::int64_t,
                       const std::int64_t*, Total<float>*, std::int64_t, std::int64_t);
template void add_rows(double*, std::int64_t, std::int64_t, const double*, const std::int64_t*, std::int64_t,
                       const std::int64_t*, Total<double>*, std::int64_t, std::int64_t);

namespace {

void places(const std::int64_t* indices, std::int64_t* to, std::int64_t outer, std::int64_t m, std::int64_t inner,
            std::int64_t n) {
  std::int64_t j = 0;
  for (std::int64_t o = 0; o < outer; ++o)
    for (std::int64_t k = 0; k < m; ++k)
      for (std::int64_t i = 0; i < inner; ++i, ++j) to[j] = (o * n + indices[j]) * inner + i;
}

void add_integers(std::int64_t* into, const std::int64_t* from, const std::int64_t* at, std::int64_t count) {
  for (std::int64_t j = 0; j < count; ++j)
    into[at[j]] =
        static_cast<std::int64_t>(static_cast<std::uint64_t>(into[at[j]]) + static_cast<std::uint64_t>(from[j]));
}

// True if one of the elements (row, column) is used more than kFewTerms times; with a width of 0, if one of the rows
// is.
template <class Uses>
bool is_used_often(const std::int64_t* indices, Uses* uses, std::int64_t n, std::int64_t m, std::int64_t inner,
                   std::int64_t columns, std::int64_t width) {
  constexpr auto kHighest = static_cast<Uses>(Uses{1} << (8 * sizeof(Uses) - 1));
  constexpr auto kBelow = static_cast<Uses>(kHighest - kFewTerms - 1);
  const std::int64_t count = n * std::max<std::int64_t>(width, 1);
  std::fill_n(uses, count, Uses{0});
  for (std::int64_t k = 0; k < m; ++k, indices += inner)
    for (std::int64_t i = 0; i < columns; ++i) ++uses[width == 0 ? indices[i] : indices[i] * width + i];
  Uses all = 0;  // has the highest bit if one of them is too large
  for (std::int64_t i = 0; i < count; ++i) all = static_cast<Uses>(all | uses[i] | (uses[i] + kBelow));
  return (all & kHighest) != 0;
}

// If no row is used often, no element is, and rows have fewer counters, which fit a smaller cache.
bool has_many(const std::int64_t* indices, void* scratch, std::int64_t n, std::int64_t m, std::int64_t inner,
              std::int64_t first, std::int64_t last) {
  static_assert(sizeof(std::uint32_t) == kBytesOfUse);
  const std::int64_t columns = last - first;
  indices += first;
  if (m * columns / kFewTerms <= n / 2 &&
      !is_used_often(indices, static_cast<std::uint32_t*>(scratch), n, m, inner, columns, 0))
    return false;
  return is_used_often(indices, static_cast<std::uint16_t*>(scratch), n, m, inner, columns, columns);
}

template <class T>
void add_columns(void* into_table, const void* from_rows, const std::int64_t* indices, std::int64_t m,
                 std::int64_t inner, std::int64_t first, std::int64_t last) {
  T* into = static_cast<T*>(into_table);
  const T* from = static_cast<const T*>(from_rows);
  for (std::int64_t k = 0; k < m; ++k, indices += inner, from += inner)
    for (std::int64_t i = first; i < last; ++i) into[indices[i] * inner + i] += from[i];
}

constexpr ScatterKernels kTable = {.places = places,
                                   .add_integers = add_integers,
                                   .has_many = has_many,
                                   .add_columns = floats(add_columns<float>, add_columns<double>)};

}  // namespace

const ScatterKernels& scatter_kernels() { return kTable; }

}  // namespace retrograd::detail
