// What the options of convolution, pooling and unfold are written with: numbers by axis. How windows slide is
// window_loops.h's.
#pragma once
#include <cstdint>

namespace retrograd {

/// Two numbers, for the rows and for the columns of an image; one alone stands for both.
struct Size2d {
  std::int64_t rows, columns;
  constexpr Size2d(std::int64_t both) : rows(both), columns(both) {}
  constexpr Size2d(std::int64_t of_rows, std::int64_t of_columns) : rows(of_rows), columns(of_columns) {}
};

}  // namespace retrograd
