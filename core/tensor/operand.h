// An operand of an op: a tensor, or a number that takes the dtype of the other operand (so `2 * x` never turns float32
// into float64). A number that the dtype cannot hold is an error, never rounded: int64 tensor + 0.5.
#pragma once
#include <concepts>
#include <cstdint>
#include <utility>

#include "check.h"
#include "tensor.h"

namespace retrograd {

/// A number passed by the user: an integer or a floating-point value, exactly as written.
class Scalar {
 public:
  /// An integer; one that does not fit in int64 becomes a floating-point value.
  template <std::integral T>
  requires(!std::same_as<T, bool>) constexpr Scalar(T value) : is_integer_(std::in_range<std::int64_t>(value)) {
    if (is_integer_)
      integer_ = static_cast<std::int64_t>(value);
    else
      real_ = static_cast<double>(value);
  }
  /// 0 or 1.
  constexpr Scalar(bool value) : integer_(value), is_integer_(true) {}
  /// A floating-point value, stored as a double.
  template <std::floating_point T>
  constexpr Scalar(T value) : real_(static_cast<double>(value)), is_integer_(false) {}
  /// True if it was written as an integer.
  constexpr bool is_integer() const { return is_integer_; }
  /// Converts to an element type; DtypeError naming `op` if T cannot hold the value.
  template <class T>
  T as(const char* op) const;

 private:
  union {
    double real_;
    std::int64_t integer_ = 0;
  };
  bool is_integer_;
};

/// A non-owning reference to a tensor, or a number; for parameters only. An op may reuse the memory of a temporary
/// tensor if nothing is recorded and there is no other handle.
class Operand {
 public:
  /// A tensor that the caller keeps.
  Operand(const Tensor& tensor) : tensor_(&tensor), scalar_(0) {}
  /// A temporary tensor, whose memory may be reused for the result.
  Operand(Tensor&& tensor) : tensor_(&tensor), scalar_(0), is_temporary_(true) {}
  /// A number.
  template <class T>
  requires(std::integral<T> || std::floating_point<T>) Operand(T value) : scalar_(value) {}

  /// False for a number.
  bool is_tensor() const { return tensor_ != nullptr; }
  /// True for a tensor that is not used after the call.
  bool is_temporary() const { return is_temporary_; }
  /// The tensor; valid if is_tensor().
  const Tensor& tensor() const { return *tensor_; }
  /// The tensor itself, or the number as a scalar tensor of this dtype. DtypeError if the dtype cannot hold it.
  Tensor as(const char* op, Dtype dtype) const;

 private:
  const Tensor* tensor_ = nullptr;
  Scalar scalar_;
  bool is_temporary_ = false;
};

namespace detail {

/// Both operands as tensors of one dtype (two numbers take the default dtype); DtypeError naming `op` if their dtypes
/// differ.
class OperandPair {
  Tensor made_a_, made_b_;  // for operands that are numbers
 public:
  OperandPair(const char* op, const Operand& left, const Operand& right)
      : a(left.is_tensor() ? left.tensor() : made_a_),
        b(right.is_tensor() ? right.tensor() : made_b_),
        is_temporary_a_(left.is_temporary()),
        is_temporary_b_(right.is_temporary()) {
    if (!left.is_tensor() || !right.is_tensor()) make_tensors(op, left, right);
    check_dtypes(op, a, b);
  }
  OperandPair(const OperandPair&) = delete;
  OperandPair& operator=(const OperandPair&) = delete;

  const Tensor &a, &b;
  /// The operand whose memory may be reused for the result, or null.
  Tensor* spare() const {
    if (is_temporary_a_ && sole_owner(a)) return const_cast<Tensor*>(&a);
    return is_temporary_b_ && sole_owner(b) ? const_cast<Tensor*>(&b) : nullptr;
  }

 private:
  void make_tensors(const char* op, const Operand& left, const Operand& right);
  bool is_temporary_a_, is_temporary_b_;
};

}  // namespace detail
}  // namespace retrograd
