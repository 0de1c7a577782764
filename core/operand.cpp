#include "operand.h"

#include <cmath>

#include "creation.h"
#include "error.h"
#include "format.h"

namespace retrograd {

Tensor Operand::as(const char* op, Dtype dtype) const {
  if (is_tensor()) return tensor();
  if (!is_floating(dtype) && !scalar_.is_integer())
    fail<DtypeError>("{}: {} does not fit the dtype {}; astype converts a tensor", op, scalar_.real(), dtype);
  const std::int64_t value = scalar_.integer();
  if ((dtype == Dtype::uint8 && (value < 0 || value > 255)) || (dtype == Dtype::boolean && (value < 0 || value > 1)))
    fail<DtypeError>("{}: {} does not fit the dtype {}", op, value, dtype);
  return full({}, scalar_, dtype);
}

namespace detail {

OperandPair operands(const char* op, const Operand& a, const Operand& b) {
  const Dtype dtype = a.is_tensor() ? a.tensor().dtype() : b.is_tensor() ? b.tensor().dtype() : Dtype::float32;
  if (a.is_tensor() && b.is_tensor() && b.tensor().dtype() != dtype)
    fail<DtypeError>("{}: dtypes differ: {} and {}; astype converts", op, dtype, b.tensor().dtype());
  return {a.as(op, dtype), b.as(op, dtype)};
}

}  // namespace detail
}  // namespace retrograd
