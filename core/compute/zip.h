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
Tensor zip_in(Tensor* spare, const char* op, const ByDtype<BinaryRun>& kernel, const Tensor& a, const Tensor& b);
inline Tensor zip_reusing(const char* op, const ByDtype<BinaryRun>& kernel, const Tensor& a, const Tensor& b,
                          Tensor* spare) {
  return spare ? zip_in(spare, op, kernel, a, b) : zip(op, kernel, a, b, a.dtype());
}
/// into = kernel(into, b) in place; b broadcasts to the shape of `into`, which is contiguous.
void zip_into(const char* op, const ByDtype<BinaryRun>& kernel, Tensor& into, const Tensor& b);

/// into += a · b in place by a kernel of that, or false where one of them has another dtype, shape or layout.
bool add_product_into(const ByDtype<AddProductRun>& kernel, const Tensor& a, const Tensor& b, Tensor& into);

}  // namespace retrograd::detail
