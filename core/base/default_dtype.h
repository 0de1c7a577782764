// The dtype of floating-point tensors created without one: float32, or what a scope on this thread sets. Results
// computed from tensors have the dtype of those tensors, whatever the default. Does not depend on tensors.
#pragma once
#include <cstddef>

#include "call_context.h"

namespace retrograd {

/// The default dtype on this thread: float32 outside any scope.
inline Dtype default_dtype() { return detail::current_call_context.default_dtype; }

/// `DefaultDtypeScope scope{float64};` makes float64 the default dtype on this thread until the end of the scope: for
/// creation functions, tensor(std::vector<double>), layers and decoded pixels. A checkpoint called inside the scope is
/// rerun with the same default, wherever the rerun happens.
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
