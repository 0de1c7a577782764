// Feeds strided and broadcast tensors to loops as runs. A run is the longest sequence, after merging axes, along which
// every operand has a constant step; a fully contiguous call is one run. Loops see pointers, steps and a count, never
// shapes. Depends only on the shape, strides, dtype and data of a tensor, since tensor.cpp uses it too. Not a public
// header.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "../base/dtype.h"
#include "../base/shape.h"

namespace retrograd {
class Tensor;
}

namespace retrograd::detail {

/// The operands of a walk, with axes merged where all operands allow it.
template <std::size_t N>
struct Walk {
  int rank = 0;
  Shape shape;
  std::array<Strides, N> strides;

  Walk(const Shape& out, const std::array<const Tensor*, N>& operands) {
    std::array<Strides, N> own_strides;
    for (std::size_t k = 0; k < N; ++k) own_strides[k] = operands[k]->strides();
    for (int axis = 0; axis < out.rank(); ++axis) {
      if (out[axis] == 1) continue;
      std::array<std::int64_t, N> step;
      for (std::size_t k = 0; k < N; ++k) {
        const auto& x = *operands[k];
        const int own = axis - (out.rank() - x.rank());
        step[k] = own < 0 || x.shape()[own] == 1 ? 0 : own_strides[k][static_cast<std::size_t>(own)];
      }
      bool merges = rank > 0;
      for (std::size_t k = 0; k < N && merges; ++k)
        merges = strides[k][static_cast<std::size_t>(rank - 1)] == step[k] * out[axis];
      if (!merges) {
        shape.push_back(1);
        ++rank;
      }
      shape[rank - 1] *= out[axis];
      for (std::size_t k = 0; k < N; ++k) strides[k][static_cast<std::size_t>(rank - 1)] = step[k];
    }
  }
};

/// The step of an operand along a contiguous `out`: 1 if it has the same shape, 0 if it is a single value, -1 if it
/// needs a walk.
template <class X = Tensor>
std::int64_t flat_step(const Shape& out, const X& x) {
  if (x.is_contiguous() && x.shape() == out) return 1;
  return x.size() == 1 ? 0 : -1;
}

/// Calls run(pointers, steps, n) for each run, in row-major order of `out`; steps are in elements, 0 along broadcast
/// axes. Each operand must broadcast to `out`.
template <std::size_t N, class Run>
void for_each_run(const Shape& out, const std::array<const Tensor*, N>& operands, Run&& run) {
  const std::int64_t size = out.size();
  if (size == 0) return;
  std::array<const void*, N> at;
  std::array<std::int64_t, N> step{};
  bool flat = true;
  for (std::size_t k = 0; k < N; ++k) {
    at[k] = operands[k]->body().data;
    flat = flat && operands[k]->is_contiguous() && operands[k]->shape() == out;
    step[k] = 1;
  }
  if (flat) return run(at, step, size);

  const Walk<N> walk(out, operands);
  if (walk.rank == 0) {
    step.fill(0);
    return run(at, step, 1);
  }
  const int inner = walk.rank - 1;
  std::array<std::int64_t, kMaxRank> index{};
  std::array<std::ptrdiff_t, N> width;
  for (std::size_t k = 0; k < N; ++k) {
    width[k] = static_cast<std::ptrdiff_t>(size_of(operands[k]->dtype()));
    step[k] = walk.strides[k][static_cast<std::size_t>(inner)];
  }
  for (;;) {
    run(at, step, walk.shape[inner]);
    int axis = inner - 1;
    for (; axis >= 0; --axis) {
      const auto a = static_cast<std::size_t>(axis);
      const bool wraps = ++index[a] == walk.shape[axis];
      const std::int64_t move = wraps ? 1 - walk.shape[axis] : 1;
      for (std::size_t k = 0; k < N; ++k)
        at[k] = static_cast<const std::byte*>(at[k]) + move * walk.strides[k][a] * width[k];
      if (!wraps) break;
      index[a] = 0;
    }
    if (axis < 0) return;
  }
}

}  // namespace retrograd::detail
