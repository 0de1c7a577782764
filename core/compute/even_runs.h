// Passes strided and broadcast operands to kernels that require steps of 0 or 1: box by box (core/tensor/boxes.h), and
// within a box row by row, or all rows at once if they are contiguous. Operands with other steps, and rows too short to
// be worth a call, are packed first, one box at a time, so that they stay in the first-level cache. Distributed over
// threads. Not a public header.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "../kernels/copy.h"
#include "../tensor/boxes.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// Calls run(target, pointers, steps, n) for runs that together cover `out`, which must be contiguous.
template <std::size_t N, class Run>
void for_each_even_run(const Tensor& out, const std::array<const Tensor*, N>& operands, Run&& run) {
  std::array<const Tensor*, N + 1> all{&out};
  std::array<std::size_t, N> width;
  for (std::size_t k = 0; k < N; ++k) all[k + 1] = operands[k], width[k] = size_of(operands[k]->dtype());
  const std::size_t out_width = size_of(out.dtype());
  for_each_box<N + 1>(out.shape(), all, [&](const Box<N + 1>& box) {
    alignas(64) std::byte scratch[N][kBoxBytes];
    const std::int64_t rows = box.rows, columns = box.columns;
    auto* target = const_cast<std::byte*>(box.at[0]);
    bool is_whole = rows == 1 || box.row_step[0] == columns;
    const bool is_short = is_whole && columns < kShortRun;
    std::array<const void*, N> at;
    std::array<std::int64_t, N> step, row_step;
    for (std::size_t k = 0; k < N; ++k) {
      at[k] = box.at[k + 1];
      step[k] = box.column_step[k + 1];
      row_step[k] = box.row_step[k + 1];
      const bool is_even = step[k] == 0 || step[k] == 1;
      const auto is_flat = [&] { return rows == 1 || row_step[k] == step[k] * columns; };
      if (!is_even || (is_short && !is_flat())) {
        copy_kernels().of(width[k])(at[k], row_step[k], step[k], scratch[k], columns, 1, rows, columns);
        at[k] = scratch[k];
        step[k] = 1;
        row_step[k] = columns;
      }
      is_whole = is_whole && is_flat();
    }
    if (is_whole) return run(target, at, step, rows * columns);
    for (std::int64_t row = 0; row < rows; ++row) {
      run(target, at, step, columns);
      target += box.row_step[0] * static_cast<std::int64_t>(out_width);
      for (std::size_t k = 0; k < N; ++k)
        at[k] = static_cast<const std::byte*>(at[k]) + row_step[k] * static_cast<std::int64_t>(width[k]);
    }
  });
}

}  // namespace retrograd::detail
