// An operand of an op: a tensor, or a number that takes the dtype of the tensor on the other side (so `2 * x` never
// turns float32 into float64). A number the dtype cannot hold is an error, never a rounding: int64 tensor + 0.5.
#pragma once
#include <concepts>
#include <cstdint>
#include <utility>

#include "check.h"
#include "tensor.h"

namespace retrograd {

/// A number of the user's: an integer or a floating value, exactly as written.
class Scalar {
 public:
  /// An integer; one that int64 cannot hold counts as a floating value.
  template <std::integral T>
  requires(!std::same_as<T, bool>) constexpr Scalar(T value) : is_integer_(std::in_range<std::int64_t>(value)) {
    if (is_integer_)
      integer_ = static_cast<std::int64_t>(value);
    else
      real_ = static_cast<double>(value);
  }
  /// 0 or 1.
  constexpr Scalar(bool value) : integer_(value), is_integer_(true) {}
  /// A floating value, as a double.
  template <std::floating_point T>
  constexpr Scalar(T value) : real_(static_cast<double>(value)), is_integer_(false) {}
  /// True where it was written as an integer.
  constexpr bool is_integer() const { return is_integer_; }
  /// As an element of a tensor; DtypeError names `op` where T cannot hold it.
  template <class T>
  T as(const char* op) const;

 private:
  union {
    double real_;
    std::int64_t integer_ = 0;
  };
  bool is_integer_;
};

/// A borrowed tensor or a number; only ever a parameter. Of a temporary tensor an op may reuse the memory, where
/// nothing is recorded and nobody else has a handle.
class Operand {
 public:
  /// A tensor that others hold.
  Operand(const Tensor& tensor) : tensor_(&tensor), scalar_(0) {}
  /// A temporary tensor, whose memory the result may take.
  Operand(Tensor&& tensor) : tensor_(&tensor), scalar_(0), is_temporary_(true) {}
  /// A number.
  template <class T>
  requires(std::integral<T> || std::floating_point<T>) Operand(T value) : scalar_(value) {}

  /// False of a number.
  bool is_tensor() const { return tensor_ != nullptr; }
  /// True of a tensor that nobody uses after the call.
  bool is_temporary() const { return is_temporary_; }
  /// The tensor; only where it is one.
  const Tensor& tensor() const { return *tensor_; }
  /// As a tensor: itself, or a number as a scalar tensor of this dtype. DtypeError where the dtype cannot hold it.
  Tensor as(const char* op, Dtype dtype) const;

 private:
  const Tensor* tensor_ = nullptr;
  Scalar scalar_;
  bool is_temporary_ = false;
};

namespace detail {

/// Both operands as tensors of one dtype (two numbers take the default dtype); DtypeError names `op` where they differ.
class OperandPair {
  Tensor made_a_, made_b_;  // of operands that are numbers
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
  /// The operand whose memory the result may take, or null.
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
