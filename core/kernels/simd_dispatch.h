// How a function that is compiled for each SIMD target is called: RETROGRAD_DISPATCH(f) is the compilation of `f`, a
// function of namespace HWY_NAMESPACE, that serves this machine. It stands under HWY_ONCE, in the namespace around that
// one. A target that is not compiled is served by the static one. Not a public header.
#pragma once
#include <hwy/highway.h>

#include <array>

#include "simd_target.h"

namespace retrograd::detail {

/// A function's compilations in the order of SimdTarget.
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
#if (HWY_TARGETS & (HWY_TARGETS - 1)) == 0  // compiled for one alone
#define RETROGRAD_DISPATCH(f) (HWY_STATIC_DISPATCH(f))
#else
#define RETROGRAD_DISPATCH(f)                                                         \
  (::retrograd::detail::simd_compilations<&HWY_STATIC_DISPATCH(f), RETROGRAD_AVX2(f), \
                                          RETROGRAD_AVX512(f)>[::retrograd::detail::simd_target_index()])
#endif
