// Masks, and questions about elements, element by element or about all of them. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

/// How far two numbers may be apart: |a − b| ≤ absolute + relative·|b|.
struct Tolerance {
  double relative, absolute;
  bool equal_nan;
};
/// True where every pair a[i · a_step], b[i · b_step] is close.
using PairTest = bool (*)(const void* a, std::int64_t a_step, const void* b, std::int64_t b_step, std::int64_t n,
                          const Tolerance& tolerance);

struct LogicKernels {
  ByDtype<BinaryRun> logical_and, logical_or, logical_xor;
  ByDtype<UnaryRun> logical_not, isnan, isinf, isfinite;
  /// Of equal numbers, infinite ones too, and of those within the tolerance; equal alone.
  ByDtype<FindRun> find_not_finite;
  ByDtype<PairTest> are_close, are_equal;
};
const LogicKernels& logic_kernels();

}  // namespace retrograd::detail
