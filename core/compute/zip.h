// The door for two tensors: y[i] = kernel(a[i], b[i]) with NumPy's broadcasting, shared among threads where there are
// many. Nothing is recorded. Not a public header.
#pragma once
#include "../kernels/kernel.h"
#include "../tensor/operand.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// y = kernel(a, b) with broadcasting; both operands are of one dtype.
Tensor zip(const char* op, const ByDtype<BinaryRun>& kernel, const Tensor& a, const Tensor& b);
Tensor zip(const char* op, const ByDtype<BinaryRun>& kernel, const Tensor& a, const Tensor& b, Dtype out_dtype);
/// The same, into the memory of `spare`, one of a and b or null, where that fits; its handle is then empty.
Tensor zip_reusing(const char* op, const ByDtype<BinaryRun>& kernel, const Tensor& a, const Tensor& b, Tensor* spare);
/// into = kernel(into, b) in place; b broadcasts to the shape of `into`, which is contiguous.
void zip_into(const char* op, const ByDtype<BinaryRun>& kernel, Tensor& into, const Tensor& b);

}  // namespace retrograd::detail
