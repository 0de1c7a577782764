// A kernel is a plain function over pointers, steps and a count, one for each dtype it supports. The kernels of a
// family are members of one struct (`ExponentialKernels` in exponential.h), with one table per SIMD target;
// `exponential_kernels()` returns the table for this machine. core/compute calls them on tensors. Kernels do not depend
// on shapes, on strides along more than one axis, or on threads. Not a public header.
#pragma once
#include <array>
#include <cstdint>

#include "../base/dtype.h"

namespace retrograd::detail {

/// One entry per dtype, in the order of Dtype; null if the dtype is not supported.
template <class Run>
using ByDtype = std::array<Run, kDtypes>;
/// The kernels of an op that supports only float32 and float64.
template <class Run>
constexpr ByDtype<Run> floats(Run of_float, Run of_double) {
  return {of_float, of_double};
}

/// y[i] = f(x[i])
using UnaryRun = void (*)(const void* x, void* y, std::int64_t n);
/// y[i] = f(a[i · a_step], b[i · b_step]); steps are 0 or 1.
using BinaryRun = void (*)(const void* a, std::int64_t a_step, const void* b, std::int64_t b_step, void* y,
                           std::int64_t n);
/// y[i] += a[i] · b[i]
using AddProductRun = void (*)(const void* a, const void* b, void* y, std::int64_t n);

/// y[i] = mask[i · mask_step] ? a[i · a_step] : b[i · b_step]
using ChooseRun = void (*)(const void* mask, std::int64_t mask_step, const void* a, std::int64_t a_step, const void* b,
                           std::int64_t b_step, void* y, std::int64_t n);
/// The position of the first of n elements that matches, or n.
using FindRun = std::int64_t (*)(const void* x, std::int64_t n);

/// A reduction of one dtype into accumulators of `bytes` bytes each. The order of operations depends only on the number
/// of rows and elements, and is the same on every SIMD target.
struct Fold {
  std::int64_t bytes;
  /// into[r] = the fold of x[r · stride] … x[r · stride + n − 1], for r < rows
  void (*rows)(const void* x, std::int64_t stride, std::int64_t rows, std::int64_t n, void* into);
  /// into[i] = the fold of x[k · stride + i] over k < n, for i < width
  void (*columns)(const void* x, std::int64_t stride, std::int64_t n, std::int64_t width, void* into);
  /// The reduction of these accumulators.
  const Fold* merge;
  /// y[i] from accumulator i, for i < count; null if the accumulators are the values.
  void (*finish)(const void* accumulators, std::int64_t count, double n, double epsilon, void* y);
  /// True if the value does not depend on the order of the elements.
  bool any_order;
  /// False for an unsupported dtype.
  constexpr explicit operator bool() const { return rows != nullptr; }
};

}  // namespace retrograd::detail
