// Searches and predicates: the first element that a kernel matches, and whether all pairs pass a test. Split among
// threads if there are many elements; the result does not depend on their number. Not a public header.
#pragma once
#include "../kernels/kernel.h"
#include "../kernels/logic.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// The position of the first match in row-major order; -1 if there is none.
std::int64_t find(const char* op, const ByDtype<FindRun>& kernel, const Tensor& x);
/// True if every pair of elements passes the test, with NumPy's broadcasting; both tensors must have the same dtype.
bool all_pairs(const char* op, const ByDtype<PairTest>& kernel, const Tensor& a, const Tensor& b,
               const Tolerance& tolerance);

}  // namespace retrograd::detail
