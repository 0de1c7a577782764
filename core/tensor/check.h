// Argument checks that ops share, with one error message each. Does not depend on any op.
#pragma once
#include <initializer_list>

#include "tensor.h"

namespace retrograd::detail {

/// An operand and its name in the op's signature.
struct NamedOperand {
  const char* name;
  const Tensor& x;
};
[[noreturn]] void fail_dtypes(const char* op, const Tensor& a, const Tensor& b);
[[noreturn]] void fail_dtypes(const char* op, std::initializer_list<NamedOperand> operands);

/// Throws a DtypeError, "op: dtypes differ: float32 and float64; convert with astype", unless both dtypes are equal.
inline void check_dtypes(const char* op, const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype()) fail_dtypes(op, a, b);
}
/// The same for named operands: "op: dtypes differ: x float32, weight float64; convert with astype".
inline void check_dtypes(const char* op, std::initializer_list<NamedOperand> operands) {
  for (const NamedOperand& one : operands)
    if (one.x.dtype() != operands.begin()->x.dtype()) fail_dtypes(op, operands);
}

}  // namespace retrograd::detail
