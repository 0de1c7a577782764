// Copies of elements evenly spaced along two axes, of any type, given by their width: 1, 4 or 8 bytes. Not a public
// header.
#pragma once
#include <cstddef>
#include <cstdint>

namespace retrograd::detail {

/// to[r · to_row + c · to_column] = from[r · from_row + c · from_column] for all rows r and columns c; the two must not
/// overlap.
using CopyBox = void (*)(const void* from, std::int64_t from_row, std::int64_t from_column, void* to,
                         std::int64_t to_row, std::int64_t to_column, std::int64_t rows, std::int64_t columns);

struct CopyKernels {
  CopyBox bytes, words, double_words;
  /// The copy function for elements of `width` bytes.
  CopyBox of(std::size_t width) const { return width == 8 ? double_words : width == 4 ? words : bytes; }
};
const CopyKernels& copy_kernels();

}  // namespace retrograd::detail
