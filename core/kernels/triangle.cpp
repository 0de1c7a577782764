#include "triangle.h"

#include <algorithm>

namespace retrograd::detail {

namespace {

template <class T>
void triangle(const void* x, void* y, std::int64_t rows, std::int64_t columns, std::int64_t k, bool is_lower,
              std::int64_t first, std::int64_t last) {
  const T* in = static_cast<const T*>(x) + first * columns;
  T* out = static_cast<T*>(y) + first * columns;
  for (std::int64_t row = first; row < last; ++row, in += columns, out += columns) {
    const std::int64_t border = std::clamp<std::int64_t>(row % rows + k + (is_lower ? 1 : 0), 0, columns);
    const std::int64_t begin = is_lower ? 0 : border, end = is_lower ? border : columns;  // the part that is kept
    for (std::int64_t j = 0; j < begin; ++j) out[j] = T{};
    for (std::int64_t j = begin; j < end; ++j) out[j] = in[j];
    for (std::int64_t j = end; j < columns; ++j) out[j] = T{};
  }
}

constexpr TriangleKernels kTable = {
    .triangle = {triangle<float>, triangle<double>, triangle<std::int64_t>, triangle<bool>, triangle<std::uint8_t>}};

}  // namespace

const TriangleKernels& triangle_kernels() { return kTable; }

}  // namespace retrograd::detail
