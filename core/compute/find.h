// Searches and predicates: the first element that a kernel matches, and whether all pairs pass a test. Split among
// threads if there are many elements; the result does not depend on their number. Not a public header.
#pragma once
#include "../base/function_ref.h"
#include "../kernels/kernel.h"
#include "../kernels/logic.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// The position of the first match in row-major order; -1 if there is none.
std::int64_t find(const char* op, const ByDtype<FindRun>& kernel, const Tensor& x);
/// The first position in [0, n) found by first_in(begin, end), which returns the first one in its range or `end`; n if
/// there is none. Called on several threads at once.
std::int64_t first_position(std::int64_t n, FunctionRef<std::int64_t(std::int64_t begin, std::int64_t end)> first_in);
/// True if every pair of elements passes the test, with NumPy's broadcasting; both tensors must have the same dtype.
bool all_pairs(const char* op, const ByDtype<PairTest>& kernel, const Tensor& a, const Tensor& b,
               const Tolerance& tolerance);

}  // namespace retrograd::detail
