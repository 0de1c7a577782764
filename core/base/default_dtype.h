// The dtype of floating tensors that are made without one: float32, or what a scope on this thread says. What is
// computed from tensors has their dtype, whatever the default. Does not depend on tensors.
#pragma once
#include <cstddef>

#include "call_context.h"

namespace retrograd {

/// The default dtype on this thread: float32 outside any scope.
inline Dtype default_dtype() { return detail::current_call_context.default_dtype; }

/// `DefaultDtypeScope scope{float64};` makes float64 the default dtype on this thread until the end of the scope:
/// of creation functions, of tensor(std::vector<double>), of layers, of decoded pixels. A checkpoint called inside it
/// runs again with the same default, wherever that is.
class [[nodiscard]] DefaultDtypeScope {
 public:
  /// DtypeError unless float32 or float64.
  explicit DefaultDtypeScope(Dtype dtype);
  DefaultDtypeScope(const DefaultDtypeScope&) = delete;
  DefaultDtypeScope& operator=(const DefaultDtypeScope&) = delete;
  static void* operator new(std::size_t) = delete;
  static void* operator new[](std::size_t) = delete;

 private:
  detail::CallContextScope scope_;
};

}  // namespace retrograd
