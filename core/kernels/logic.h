// Masks and predicates, element-wise or over all elements. Not a public header.
#pragma once
#include "kernel.h"

namespace retrograd::detail {

/// The maximum distance of two numbers: |a − b| ≤ absolute + relative·|b|.
struct Tolerance {
  double relative, absolute;
  bool equal_nan;
};
/// True if every pair a[i · a_step], b[i · b_step] passes the test.
using PairTest = bool (*)(const void* a, std::int64_t a_step, const void* b, std::int64_t b_step, std::int64_t n,
                          const Tolerance& tolerance);

struct LogicKernels {
  ByDtype<BinaryRun> logical_and, logical_or, logical_xor;
  ByDtype<UnaryRun> logical_not, isnan, isinf, isfinite;
  /// are_close: equal (infinities included) or within the tolerance; are_equal: equal.
  ByDtype<FindRun> find_not_finite;
  ByDtype<PairTest> are_close, are_equal;
};
const LogicKernels& logic_kernels();

}  // namespace retrograd::detail
