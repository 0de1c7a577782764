#include "comparison.h"

#include "../../core/base/error.h"
#include "../../core/compute/choose.h"
#include "../../core/compute/zip.h"
#include "../../core/kernels/comparison.h"
#include "../../core/tape/record.h"
#include "../../core/tensor/format.h"

namespace retrograd {

namespace {
const detail::ComparisonKernels& kernels() { return detail::comparison_kernels(); }

Tensor compare(const char* op, const detail::ByDtype<detail::BinaryRun>& kernel, const Operand& left,
               const Operand& right) {
  const detail::OperandPair in(op, left, right);
  return detail::zip(op, kernel, in.a, in.b, boolean);
}
}  // namespace

Tensor equal(const Operand& a, const Operand& b) { return compare("equal", kernels().equal, a, b); }
Tensor not_equal(const Operand& a, const Operand& b) { return compare("not_equal", kernels().not_equal, a, b); }
Tensor less(const Operand& a, const Operand& b) { return compare("less", kernels().less, a, b); }
Tensor less_equal(const Operand& a, const Operand& b) { return compare("less_equal", kernels().less_equal, a, b); }
Tensor greater(const Operand& a, const Operand& b) { return compare("greater", kernels().greater, a, b); }
Tensor greater_equal(const Operand& a, const Operand& b) {
  return compare("greater_equal", kernels().greater_equal, a, b);
}

// d where(m, a, b) = [m]·da + [not m]·db
Tensor where(const Tensor& mask, const Operand& left, const Operand& right) {
  if (mask.dtype() != boolean) detail::fail<DtypeError>("where: the mask must be boolean, got {}", mask.dtype());
  const detail::OperandPair in("where", left, right);
  const Tensor &a = in.a, &b = in.b;
  Tensor y = detail::choose("where", kernels().choose, mask, a, b);
  return record("where", std::move(y),
                wrt(
                    a, [](const Tensor& g, const Tensor& chosen) { return where(chosen, g, 0); }, mask),
                wrt(
                    b, [](const Tensor& g, const Tensor& chosen) { return where(chosen, 0, g); }, mask));
}

}  // namespace retrograd
