// What the options of convolution, pooling and unfold are written with: numbers for the two axes of an image. Windows
// stand `stride` apart, their elements `dilation` apart, on images with `padding` added at either end. How they slide
// is no business of this header, nor which numbers fit: the ops say so.
#pragma once
#include <cstdint>

namespace retrograd {

/// Two numbers, for the rows and for the columns of an image; one alone stands for both.
struct Size2d {
  std::int64_t rows;     ///< the number for the rows (H)
  std::int64_t columns;  ///< the number for the columns (W)
  /// One number for both.
  constexpr Size2d(std::int64_t both) : rows(both), columns(both) {}
  /// One number each.
  constexpr Size2d(std::int64_t of_rows, std::int64_t of_columns) : rows(of_rows), columns(of_columns) {}
};

}  // namespace retrograd
