// Runs kernels that process a tensor as whole rows, lines, planes or channels: ranges of these are split among threads,
// with borders that depend on the shape alone. Nothing is recorded. Does not depend on what a kernel computes, or on
// the distance between its rows. Not a public header.
#pragma once
#include <cstdint>
#include <type_traits>

#include "../base/threads.h"
#include "../tensor/tensor.h"
#include "kernel_for.h"
#include "scratch.h"

namespace retrograd::detail {

/// The elements of a tensor, convertible to any pointer type a kernel takes; null for an empty handle.
struct AnyPointer {
  void* at;
  template <class T>
  operator T*() const {
    return static_cast<T*>(at);
  }
};
inline AnyPointer kernel_argument(const Tensor& x) { return {x.defined() ? x.body().data : nullptr}; }
inline AnyPointer kernel_argument(const ThreadScratch& x) { return {x.mine()}; }
template <class T>
requires(!std::is_same_v<T, Tensor> && !std::is_same_v<T, ThreadScratch>) const T& kernel_argument(const T& x) {
  return x;
}

/// Calls kernel(arguments…, first, last) for ranges [first, last) that cover all rows. A tensor, which must be
/// contiguous, is passed as a pointer to its first element, scratch as a pointer to the thread's part; everything else
/// is passed unchanged.
template <class... Parameters, class... Arguments>
void run_rows(Rows rows, void (*kernel)(Parameters...), const Arguments&... arguments) {
  parallel_for(rows.count, static_cast<double>(rows.steps),
               [&](std::int64_t first, std::int64_t last) { kernel(kernel_argument(arguments)..., first, last); });
}

/// Calls a kernel that needs all elements in order, on the calling thread; arguments as above.
template <class Result, class... Parameters, class... Arguments>
Result run_whole(Result (*kernel)(Parameters...), const Arguments&... arguments) {
  return kernel(kernel_argument(arguments)...);
}

}  // namespace retrograd::detail
