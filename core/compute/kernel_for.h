// Selects the kernel of an op for a dtype, and advances untyped pointers. Not a public header.
#pragma once
#include <cstddef>
#include <cstdint>

#include "../kernels/kernel.h"

namespace retrograd::detail {

/// Throws the DtypeError of an op that does not support `dtype`, listing the dtypes for which `takes` returns true.
[[noreturn]] void fail_dtype(const char* op, Dtype dtype, const std::array<bool, kDtypes>& takes);

/// The kernel for this dtype; a DtypeError that names `op` and the supported dtypes if there is none.
template <class Run>
inline const Run& kernel_for(const char* op, const ByDtype<Run>& kernel, Dtype dtype) {
  const Run& run = kernel[static_cast<std::size_t>(dtype)];
  if (!run) {
    std::array<bool, kDtypes> takes;
    for (std::size_t d = 0; d < takes.size(); ++d) takes[d] = static_cast<bool>(kernel[d]);
    fail_dtype(op, dtype, takes);
  }
  return run;
}

/// p advanced by `elements` of this width.
inline std::byte* advance(void* p, std::int64_t elements, std::size_t width) {
  return static_cast<std::byte*>(p) + elements * static_cast<std::int64_t>(width);
}
inline const std::byte* advance(const void* p, std::int64_t elements, std::size_t width) {
  return static_cast<const std::byte*>(p) + elements * static_cast<std::int64_t>(width);
}

}  // namespace retrograd::detail
