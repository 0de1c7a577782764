// Matrices as products see them: a pointer and a stride. The vocabulary in which kernels and the rooms that call them
// describe operands and tiles; does not depend on tensors or on how a product is computed.
#pragma once
#include <cstdint>

#include "function_ref.h"

namespace retrograd::detail {

/// A row-major operand; `transposed` if the product uses the transpose of the stored matrix.
template <class T>
struct MatrixIn {
  const T* data;
  std::int64_t stride;  // elements from one stored row to the next
  bool transposed;
};

/// A rectangle of the result: half-open ranges of rows and columns.
struct TileRange {
  std::int64_t row_begin, row_end, column_begin, column_end;
};

/// Called with each tile as soon as it is computed, on the thread that computed it.
using TileEpilogue = FunctionRef<void(const TileRange&)>;

}  // namespace retrograd::detail
