// Compiles a file of kernels once per SIMD target (the baseline, AVX2, AVX-512), and dispatches calls to the
// compilation for this machine. A family's file has five lines for this; the rest is kernels and a table:
//
//   #define HWY_TARGET_INCLUDE "core/kernels/family.cpp"   // itself, which Highway includes once per target
//   #include "family.h"                                    // FamilyKernels, and family_kernels()
//   #include "simd-inl.h"                                  // or another -inl header on top of this one
//
//   RETROGRAD_BEGIN_KERNELS();                             // opens retrograd::N_<target>::<unnamed>
//   (functors and functions, compiled for the target)
//   constexpr detail::FamilyKernels kTable = {.first = …, .second = …};
//   RETROGRAD_END_KERNELS(FamilyKernels, family_kernels);  // closes it; defines the function after the last target
//
// An -inl header on top of this one includes it before its own guard, which toggles with each target
// (HWY_TARGET_TOGGLE), so that Highway re-includes the family's file first. Kernels are defined between the two macros
// or are templates of an -inl header: code from elsewhere is compiled for the baseline. A target that is not compiled
// falls back to the static one. Not a public header.
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

#include <array>

#include "simd_target.h"

#ifndef RETROGRAD_CORE_KERNELS_TARGETS_INL_H_
#define RETROGRAD_CORE_KERNELS_TARGETS_INL_H_

namespace retrograd::detail {
/// The compilations of a function or table, in the order of SimdTarget.
template <auto... compilations>
inline constexpr std::array simd_compilations{compilations...};
}  // namespace retrograd::detail

#if HWY_TARGETS & HWY_AVX2
#define RETROGRAD_AVX2(f) &N_AVX2::f
#else
#define RETROGRAD_AVX2(f) &HWY_STATIC_DISPATCH(f)
#endif
#if HWY_TARGETS & HWY_AVX3
#define RETROGRAD_AVX512(f) &N_AVX3::f
#else
#define RETROGRAD_AVX512(f) &HWY_STATIC_DISPATCH(f)
#endif
/// A pointer to the compilation of `f` for this machine; f is a function or constant of namespace HWY_NAMESPACE. Use
/// under HWY_ONCE, in the enclosing namespace.
#if (HWY_TARGETS & (HWY_TARGETS - 1)) == 0  // compiled for a single target
#define RETROGRAD_DISPATCH(f) (&HWY_STATIC_DISPATCH(f))
#else
#define RETROGRAD_DISPATCH(f)                                                         \
  (::retrograd::detail::simd_compilations<&HWY_STATIC_DISPATCH(f), RETROGRAD_AVX2(f), \
                                          RETROGRAD_AVX512(f)>[::retrograd::detail::simd_target_index()])
#endif

#define RETROGRAD_BEGIN_KERNELS()      \
  HWY_BEFORE_NAMESPACE();              \
  namespace retrograd::HWY_NAMESPACE { \
  namespace hn = hwy::HWY_NAMESPACE;   \
  namespace {                          \
  static_assert(true)

#define RETROGRAD_CLOSE_KERNELS() \
  }                               \
  }                               \
  HWY_AFTER_NAMESPACE();

#endif  // once

#undef RETROGRAD_END_KERNELS  // defined by the latest inclusion of this file, for the target being compiled
#if HWY_ONCE
#define RETROGRAD_END_KERNELS(Table, accessor)                    \
  RETROGRAD_CLOSE_KERNELS()                                       \
  namespace retrograd::detail {                                   \
  const Table& accessor() { return *RETROGRAD_DISPATCH(kTable); } \
  }                                                               \
  static_assert(true)
#else
#define RETROGRAD_END_KERNELS(Table, accessor) \
  RETROGRAD_CLOSE_KERNELS()                    \
  static_assert(true)
#endif
