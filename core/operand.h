// An operand of an op: a tensor, or a number that takes the dtype of the tensor on the other side (so `2 * x` never
// turns float32 into float64). A number the dtype cannot hold is an error, never a rounding: int64 tensor + 0.5.
#pragma once
#include <concepts>
#include <cstdint>
#include <utility>

#include "tensor.h"

namespace retrograd {

/// A number of the user's: an integer or a floating value, exactly as written.
class Scalar {
 public:
  template <std::integral T>
  requires(!std::same_as<T, bool>) constexpr Scalar(T value)
      : real_(static_cast<double>(value)),
        integer_(static_cast<std::int64_t>(value)),
        is_integer_(std::in_range<std::int64_t>(value)) {}
  constexpr Scalar(bool value) : real_(value), integer_(value), is_integer_(true) {}
  template <std::floating_point T>
  constexpr Scalar(T value) : real_(static_cast<double>(value)) {}
  /// As an element of a tensor; DtypeError names `op` where T cannot hold it.
  template <class T>
  T as(const char* op) const;

 private:
  double real_ = 0;
  std::int64_t integer_ = 0;
  bool is_integer_ = false;
};

/// A borrowed tensor or a number; only ever a parameter.
class Operand {
 public:
  Operand(const Tensor& tensor) : tensor_(&tensor), scalar_(0) {}
  template <class T>
  requires(std::integral<T> || std::floating_point<T>) Operand(T value) : scalar_(value) {}

  bool is_tensor() const { return tensor_ != nullptr; }
  const Tensor& tensor() const { return *tensor_; }
  /// As a tensor: itself, or a number as a scalar tensor of this dtype. DtypeError where the dtype cannot hold it.
  Tensor as(const char* op, Dtype dtype) const;

 private:
  const Tensor* tensor_ = nullptr;
  Scalar scalar_;
};

namespace detail {
struct OperandPair {
  Tensor a, b;
};
/// Both operands as tensors of one dtype (two numbers become float32); DtypeError names `op` where they differ.
OperandPair operands(const char* op, const Operand& a, const Operand& b);
}  // namespace detail
}  // namespace retrograd
