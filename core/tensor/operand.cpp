#include "operand.h"

#include <cmath>
#include <limits>

#include "../base/error.h"
#include "format.h"

namespace retrograd {

template <class T>
T Scalar::as(const char* op) const {
  const double real = is_integer_ ? static_cast<double>(integer_) : real_;
  bool fits = true;
  if constexpr (std::is_floating_point_v<T>)
    fits = !std::isfinite(real) || std::isfinite(static_cast<T>(real));
  else if constexpr (std::is_same_v<T, std::int64_t>)
    fits = is_integer_;
  else
    fits = is_integer_ && integer_ >= 0 && integer_ <= std::numeric_limits<T>::max();
  if (!fits)
    detail::fail<DtypeError>("{}: {} does not fit the dtype {}; convert the tensor with astype", op, real, dtype_of<T>);
  if constexpr (std::is_floating_point_v<T>)
    return static_cast<T>(real);
  else
    return static_cast<T>(integer_);
}
template float Scalar::as(const char*) const;
template double Scalar::as(const char*) const;
template std::int64_t Scalar::as(const char*) const;
template bool Scalar::as(const char*) const;
template std::uint8_t Scalar::as(const char*) const;

Tensor Operand::as(const char* op, Dtype dtype) const {
  if (is_tensor()) return tensor();
  Tensor out = Tensor::empty({}, dtype);
  detail::dispatch(dtype, [&]<class T>() { *detail::values<T>(out) = scalar_.as<T>(op); });
  return out;
}

namespace detail {

void OperandPair::make_tensors(const char* op, const Operand& left, const Operand& right) {
  const Dtype dtype = left.is_tensor()    ? left.tensor().dtype()
                      : right.is_tensor() ? right.tensor().dtype()
                                          : default_dtype();
  if (!left.is_tensor()) made_a_ = left.as(op, dtype);
  if (!right.is_tensor()) made_b_ = right.as(op, dtype);
}

}  // namespace detail
}  // namespace retrograd
