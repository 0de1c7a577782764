// Element-wise ops of two tensors: y[i] = kernel(a[i], b[i]) with NumPy's broadcasting, split among threads if there
// are many elements. Nothing is recorded. Not a public header.
#pragma once
#include "../kernels/kernel.h"
#include "../tensor/operand.h"
#include "../tensor/tensor.h"

namespace retrograd::detail {

/// y = kernel(a, b) with broadcasting; both operands must have the same dtype.
Tensor zip(const char* op, const ByDtype<BinaryRun>& kernel, const Tensor& a, const Tensor& b);
Tensor zip(const char* op, const ByDtype<BinaryRun>& kernel, const Tensor& a, const Tensor& b, Dtype out_dtype);
/// The same, in the memory of `spare` (a, b or null) if it fits; its handle becomes empty.
Tensor zip_in(Tensor* spare, const char* op, const ByDtype<BinaryRun>& kernel, const Tensor& a, const Tensor& b);
inline Tensor zip_reusing(const char* op, const ByDtype<BinaryRun>& kernel, const Tensor& a, const Tensor& b,
                          Tensor* spare) {
  return spare ? zip_in(spare, op, kernel, a, b) : zip(op, kernel, a, b, a.dtype());
}
/// into = kernel(into, b) in place; b broadcasts to the shape of `into`, which must be contiguous.
void zip_into(const char* op, const ByDtype<BinaryRun>& kernel, Tensor& into, const Tensor& b);

/// into += a · b in place; returns false, unchanged, if dtypes, shapes or layouts do not allow it.
bool add_product_into(const ByDtype<AddProductRun>& kernel, const Tensor& a, const Tensor& b, Tensor& into);

}  // namespace retrograd::detail
