#include "logic.h"

#include "../../core/base/error.h"
#include "../../core/compute/find.h"
#include "../../core/compute/map.h"
#include "../../core/compute/zip.h"
#include "../../core/kernels/logic.h"
#include "../../core/tensor/check.h"
#include "../../core/tensor/format.h"
#include "convert.h"

namespace retrograd {

namespace {

const detail::LogicKernels& kernels() { return detail::logic_kernels(); }

Tensor truth(const char* op, const Operand& operand) {
  const Tensor x = operand.as(op, float64);
  return x.dtype() == boolean ? x : astype(x, boolean);
}

Tensor combine(const char* op, const detail::ByDtype<detail::BinaryRun>& kernel, const Operand& a, const Operand& b) {
  return detail::zip(op, kernel, truth(op, a), truth(op, b));
}

const Tensor& mask(const char* op, const Tensor& x) {
  if (x.dtype() != boolean)
    detail::fail<DtypeError>("{}: expects boolean, got {}; use logical_and and the like for other dtypes", op,
                             x.dtype());
  return x;
}

}  // namespace

Tensor logical_and(const Operand& a, const Operand& b) { return combine("logical_and", kernels().logical_and, a, b); }
Tensor logical_or(const Operand& a, const Operand& b) { return combine("logical_or", kernels().logical_or, a, b); }
Tensor logical_xor(const Operand& a, const Operand& b) { return combine("logical_xor", kernels().logical_xor, a, b); }
Tensor logical_not(const Tensor& x) {
  return detail::map("logical_not", kernels().logical_not, truth("logical_not", x));
}

Tensor operator&(const Tensor& a, const Tensor& b) {
  return detail::zip("&", kernels().logical_and, mask("&", a), mask("&", b));
}
Tensor operator|(const Tensor& a, const Tensor& b) {
  return detail::zip("|", kernels().logical_or, mask("|", a), mask("|", b));
}
Tensor operator^(const Tensor& a, const Tensor& b) {
  return detail::zip("^", kernels().logical_xor, mask("^", a), mask("^", b));
}
Tensor operator~(const Tensor& x) { return detail::map("~", kernels().logical_not, mask("~", x)); }

Tensor isnan(const Tensor& x) { return detail::map("isnan", kernels().isnan, x, boolean); }
Tensor isinf(const Tensor& x) { return detail::map("isinf", kernels().isinf, x, boolean); }
Tensor isfinite(const Tensor& x) { return detail::map("isfinite", kernels().isfinite, x, boolean); }

bool allclose(const Operand& left, const Operand& right, double rtol, double atol, bool equal_nan) {
  const detail::OperandPair in("allclose", left, right);
  return detail::all_pairs("allclose", kernels().are_close, in.a, in.b, {rtol, atol, equal_nan});
}

bool array_equal(const Tensor& a, const Tensor& b) {
  detail::check_dtypes("array_equal", a, b);
  return a.shape() == b.shape() && detail::all_pairs("array_equal", kernels().are_equal, a, b, {});
}

}  // namespace retrograd
