// Splits strided and broadcast tensors into boxes: parts of two axes along which every operand has constant steps.
// Boxes are distributed over threads; their borders depend only on shapes, strides and dtypes. For a transposed operand
// one of the two axes is the one along which it is contiguous, and a box fits the first-level cache. Uses only the
// shape, strides, dtype and data of a tensor. Not a public header.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "../base/threads.h"
#include "walk.h"

namespace retrograd::detail {

/// For each operand its first element, and its steps from row to row and from column to column, in elements.
template <std::size_t N>
struct Box {
  std::array<const std::byte*, N> at;
  std::array<std::int64_t, N> row_step, column_step;
  std::int64_t rows, columns;
};

/// A box with an operand whose columns are not 0 or 1 apart, or with rows shorter than kShortRun, has at most kBoxBytes
/// of each operand.
inline constexpr std::int64_t kShortRun = 16, kBoxBytes = 16 * 1024;

/// The axis of the rows of boxes (-1 if there is none; the columns are along the innermost axis), and their size.
struct BoxSides {
  int across = -1;
  std::int64_t rows = 1, columns = 1;
};
template <std::size_t N>
BoxSides box_sides(const Walk<N>& walk, std::size_t width) {
  BoxSides sides;
  const int inner = walk.rank - 1;
  if (inner < 0) return sides;
  const std::int64_t all_columns = walk.shape[inner], most = kBoxBytes / static_cast<std::int64_t>(width);
  const Strides* uneven = nullptr;  // of the first operand with other steps than 0 and 1
  for (std::size_t k = N; k-- > 0;)
    if (const std::int64_t step = walk.strides[k][static_cast<std::size_t>(inner)]; step != 0 && step != 1)
      uneven = &walk.strides[k];
  sides.across = inner - 1;
  bool is_turned = false;
  for (int axis = 0; uneven && axis < inner && !is_turned; ++axis)
    if ((*uneven)[static_cast<std::size_t>(axis)] == 1) sides.across = axis, is_turned = true;
  const std::int64_t all_rows = sides.across < 0 ? 1 : walk.shape[sides.across];
  if (is_turned) {  // a few cache lines of that operand
    const std::int64_t few = std::min(all_rows, 128 / static_cast<std::int64_t>(width));
    sides.columns = std::min(all_columns, most / few);
  } else {
    sides.columns = std::min(all_columns, uneven ? most : kSharedSteps);
  }
  const std::int64_t elements = uneven || all_columns < kShortRun ? most : kSharedSteps;
  sides.rows = std::clamp<std::int64_t>(elements / sides.columns, 1, all_rows);
  return sides;
}

/// Calls work(box) for boxes that together cover `shape`, on several threads if there are many. Each operand must
/// broadcast to `shape`.
template <std::size_t N, class Work>
void for_each_box(const Shape& shape, const std::array<const Tensor*, N>& operands, Work&& work) {
  if (shape.size() == 0) return;
  const Walk<N> walk(shape, operands);
  std::array<std::ptrdiff_t, N> width;
  std::array<const std::byte*, N> data;
  std::size_t widest = 1;
  for (std::size_t k = 0; k < N; ++k) {
    widest = std::max(widest, size_of(operands[k]->dtype()));
    width[k] = static_cast<std::ptrdiff_t>(size_of(operands[k]->dtype()));
    data[k] = operands[k]->body().data;
  }
  const BoxSides sides = box_sides(walk, widest);
  const int inner = walk.rank - 1, across = sides.across;
  Box<N> whole{data, {}, {}, 1, 1};
  for (std::size_t k = 0; k < N; ++k) {
    whole.column_step[k] = inner < 0 ? 0 : walk.strides[k][static_cast<std::size_t>(inner)];
    whole.row_step[k] = across < 0 ? 0 : walk.strides[k][static_cast<std::size_t>(across)];
  }
  const std::int64_t all_columns = inner < 0 ? 1 : walk.shape[inner], all_rows = across < 0 ? 1 : walk.shape[across];
  std::int64_t planes = 1;  // along all other axes
  for (int axis = 0; axis < inner; ++axis)
    if (axis != across) planes *= walk.shape[axis];
  const std::int64_t down = (all_rows + sides.rows - 1) / sides.rows,
                     along = (all_columns + sides.columns - 1) / sides.columns;
  if (planes == 1 && down == 1 && along == 1) {
    whole.rows = all_rows, whole.columns = all_columns;
    return work(static_cast<const Box<N>&>(whole));
  }
  const auto run = [&](std::int64_t begin, std::int64_t end) {
    std::array<std::int64_t, kMaxRank> index{};
    std::array<const std::byte*, N> plane = data;  // the first element of the plane of the box
    std::int64_t rest = begin / (down * along);
    for (int axis = inner - 1; axis >= 0; --axis) {
      if (axis == across) continue;
      const auto a = static_cast<std::size_t>(axis);
      index[a] = rest % walk.shape[axis];
      rest /= walk.shape[axis];
      for (std::size_t k = 0; k < N; ++k) plane[k] += index[a] * walk.strides[k][a] * width[k];
    }
    std::int64_t row = begin / along % down, column = begin % along;
    Box<N> box = whole;
    for (std::int64_t i = begin; i < end; ++i) {
      box.rows = std::min(sides.rows, all_rows - row * sides.rows);
      box.columns = std::min(sides.columns, all_columns - column * sides.columns);
      for (std::size_t k = 0; k < N; ++k)
        box.at[k] = plane[k] +
                    (row * sides.rows * whole.row_step[k] + column * sides.columns * whole.column_step[k]) * width[k];
      work(static_cast<const Box<N>&>(box));
      if (++column < along) continue;
      column = 0;
      if (++row < down) continue;
      row = 0;
      for (int axis = inner - 1; axis >= 0; --axis) {
        if (axis == across) continue;
        const auto a = static_cast<std::size_t>(axis);
        const bool wraps = ++index[a] == walk.shape[axis];
        const std::int64_t move = wraps ? 1 - walk.shape[axis] : 1;
        for (std::size_t k = 0; k < N; ++k) plane[k] += move * walk.strides[k][a] * width[k];
        if (!wraps) break;
        index[a] = 0;
      }
    }
  };
  parallel_for(planes * down * along, static_cast<double>(sides.rows * sides.columns), run);
}

}  // namespace retrograd::detail
