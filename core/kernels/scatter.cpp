#include "scatter.h"

namespace retrograd::detail {

std::int64_t count_uses(std::int64_t* uses, std::int64_t rows, const std::int64_t* indices, std::int64_t count) {
  constexpr std::int64_t kFewTerms = 64;
  std::int64_t many = 0;
  for (std::int64_t j = 0; j < count; ++j) ++uses[indices[j]];
  for (std::int64_t row = 0; row < rows; ++row)
    if (uses[row] > kFewTerms) uses[row] = -1 - many++;
  return many;
}

template <class T>
void add_rows(T* into, std::int64_t rows, std::int64_t width, const T* from, const std::int64_t* indices,
              std::int64_t count, const std::int64_t* uses, Total<T>* totals) {
  for (std::int64_t j = 0; j < count; ++j, from += width) {
    if (uses && uses[indices[j]] < 0) {
      Total<T>* total = totals + (-1 - uses[indices[j]]) * width;
      for (std::int64_t i = 0; i < width; ++i) total[i].add(static_cast<double>(from[i]));
    } else {
      T* row = into + indices[j] * width;
      for (std::int64_t i = 0; i < width; ++i) row[i] += from[i];
    }
  }
  if (!uses) return;
  for (std::int64_t r = 0; r < rows; ++r)
    if (const std::int64_t number = -1 - uses[r]; number >= 0)
      for (std::int64_t i = 0; i < width; ++i) {
        T& sum = into[r * width + i];
        Total<T>& total = totals[number * width + i];
        total.add(static_cast<double>(sum));
        sum = static_cast<T>(total.value());
      }
}
template void add_rows(float*, std::int64_t, std::int64_t, const float*, const std::int64_t*, std::int64_t,
                       const std::int64_t*, Total<float>*);
template void add_rows(double*, std::int64_t, std::int64_t, const double*, const std::int64_t*, std::int64_t,
                       const std::int64_t*, Total<double>*);

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

constexpr ScatterKernels kTable = {.places = places, .add_integers = add_integers};

}  // namespace

const ScatterKernels& scatter_kernels() { return kTable; }

}  // namespace retrograd::detail
