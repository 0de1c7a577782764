// Matrices as products see them: a pointer and a stride. What the kernels and the rooms that call them say to each
// other about operands and tiles; knows neither tensors nor how a product is computed.
#pragma once
#include <cstdint>

#include "function_ref.h"

namespace retrograd::detail {

/// A row-major operand: `transposed` where the product takes the transpose of what is stored.
template <class T>
struct MatrixIn {
  const T* data;
  std::int64_t stride;  // elements from one stored row to the next
  bool transposed;
};

/// A rectangle of the result: rows and columns from begin to before end.
struct TileRange {
  std::int64_t row_begin, row_end, column_begin, column_end;
};

/// Done with a tile as soon as it is computed, on the thread that computed it.
using TileEpilogue = FunctionRef<void(const TileRange&)>;

}  // namespace retrograd::detail
