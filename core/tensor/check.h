// What an op refuses before it computes, in one sentence each. Does not depend on any op.
#pragma once
#include <initializer_list>

#include "tensor.h"

namespace retrograd::detail {

/// An operand and what the op calls it.
struct NamedOperand {
  const char* name;
  const Tensor& x;
};
[[noreturn]] void fail_dtypes(const char* op, const Tensor& a, const Tensor& b);
[[noreturn]] void fail_dtypes(const char* op, std::initializer_list<NamedOperand> operands);

/// "op: dtypes differ: float32 and float64; convert with astype", a DtypeError, unless both are of one dtype.
inline void check_dtypes(const char* op, const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype()) fail_dtypes(op, a, b);
}
/// The same of operands that have names, "op: dtypes differ: x float32, weight float64; convert with astype".
inline void check_dtypes(const char* op, std::initializer_list<NamedOperand> operands) {
  for (const NamedOperand& one : operands)
    if (one.x.dtype() != operands.begin()->x.dtype()) fail_dtypes(op, operands);
}

}  // namespace retrograd::detail
