// The door for questions about elements: which is the first that a kernel looks for, and whether all pairs pass a test.
// Shared among threads where there are many; the answer is the same on any number of them. Not a public header.
#pragma once
#include "../kernels/kernel.h"
#include "../kernels/logic.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// The position of the first element that the kernel looks for, in row-major order; -1 where there is none.
std::int64_t find(const char* op, const ByDtype<FindRun>& kernel, const Tensor& x);
/// True where the kernel says so of every pair of elements, with NumPy's broadcasting; both tensors are of one dtype.
bool all_pairs(const char* op, const ByDtype<PairTest>& kernel, const Tensor& a, const Tensor& b,
               const Tolerance& tolerance);

}  // namespace retrograd::detail
