// How strided and broadcast operands reach the element kernels: as runs. A run is the longest stretch, after merging
// axes, on which every operand steps evenly; a fully contiguous call is one run. Kernels see pointers, steps and a
// count, never shapes. Not a public header.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "../base/threads.h"
#include "../tensor/operand.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// Operands of a walk, their axes merged where all of them allow it.
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
        const Tensor& x = *operands[k];
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

/// Calls run(pointers, steps, n) for each run, in row-major order of `out`; steps are in elements, 0 where broadcast.
/// Each operand must broadcast to `out`.
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

/// True where the innermost merged step of x against `out` is 0 or 1, as the kernels need it.
bool runs_evenly(const Shape& out, const Tensor& x);
/// x itself where the kernels can read it as it lies, else a packed copy.
Tensor readable(const Shape& out, const Tensor& x);

// One kernel for each dtype (null: not taken). `a_step` and `b_step` are 0 or 1.
using UnaryRun = void (*)(const void* x, void* y, std::int64_t n);
using BinaryRun = void (*)(const void* a, std::int64_t a_step, const void* b, std::int64_t b_step, void* y,
                           std::int64_t n);
template <class Run>
using ByDtype = std::array<Run, kDtypes>;

/// y = kernel(x), element by element, of the same shape; `out_dtype` where it differs. Not recorded.
Tensor map(const char* op, const ByDtype<UnaryRun>& kernel, const Tensor& x);
Tensor map(const char* op, const ByDtype<UnaryRun>& kernel, const Tensor& x, Dtype out_dtype);
/// y = kernel(a, b) with broadcasting; both operands are of one dtype. Not recorded.
Tensor zip(const char* op, const ByDtype<BinaryRun>& kernel, const Tensor& a, const Tensor& b);
Tensor zip(const char* op, const ByDtype<BinaryRun>& kernel, const Tensor& a, const Tensor& b, Dtype out_dtype);
/// The same, into the memory of a temporary operand where there is one that fits; its handle is then empty. For results
/// of the operands' dtype that are not recorded.
Tensor zip_reusing(const char* op, const ByDtype<BinaryRun>& kernel, const OperandPair& operands);
/// The same in place of a, whose handle is given up.
Tensor zip_reusing(const char* op, const ByDtype<BinaryRun>& kernel, Tensor&& a, const Tensor& b);
/// into = kernel(into, b) in place; b broadcasts to the shape of `into`, which is contiguous.
void zip_into(const char* op, const ByDtype<BinaryRun>& kernel, Tensor& into, const Tensor& b);

/// Elements below which a loop stays on the calling thread, and the size of the chunks above; borders depend on n
/// alone.
inline constexpr std::int64_t kParallelChunk = 65536;

/// Calls f(begin, end) over [0, n) in chunks, on the pool where n is large.
template <class F>
void parallel_chunks(std::int64_t n, F&& f) {
  if (n <= kParallelChunk) return f(std::int64_t{0}, n);
  const std::int64_t chunks = (n + kParallelChunk - 1) / kParallelChunk;
  parallel_for(chunks, [&](std::int64_t chunk) {
    const std::int64_t begin = chunk * kParallelChunk;
    f(begin, begin + kParallelChunk < n ? begin + kParallelChunk : n);
  });
}

}  // namespace retrograd::detail
