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

/// How one dtype is folded: `row` folds n elements into *into, `column` folds x[i] into into[i], `start` is the neutral
/// element.
struct Fold {
  void (*row)(const void* x, void* into, std::int64_t n);
  void (*column)(const void* x, void* into, std::int64_t n);
  double start;
  /// False if the dtype is not supported.
  constexpr explicit operator bool() const { return row != nullptr; }
};

/// How one dtype is folded into another, in any order: x[i · x_step] into into[i · into_step], where into_step is 0 or
/// 1.
struct ExactFold {
  void (*run)(const void* x, std::int64_t x_step, void* into, std::int64_t into_step, std::int64_t n);
  double start;
  /// False if the dtype is not supported.
  constexpr explicit operator bool() const { return run != nullptr; }
};

}  // namespace retrograd::detail
