#include "simd_target.h"

#include <hwy/detect_targets.h>

#include <algorithm>
#include <array>

#include <cstdlib>
#include <string_view>

#include "../base/error.h"
#include "../base/version.h"
#if HWY_ARCH_X86
#include <cpuid.h>
#endif

namespace retrograd {
namespace detail {

constinit std::atomic<int> simd_target_in_use{-1};

namespace {

constexpr std::array kNames{"baseline", "avx2", "avx512"};
constexpr SimdTarget kStatic = HWY_STATIC_TARGET == HWY_AVX3   ? SimdTarget::avx512
                               : HWY_STATIC_TARGET == HWY_AVX2 ? SimdTarget::avx2
                                                               : SimdTarget::baseline;

#if HWY_ARCH_X86
bool has(unsigned word, unsigned bits) { return (word & bits) == bits; }

// The instruction sets that the compiler may use for each target (HWY_TARGET_STR in hwy/ops/set_macros-inl.h, and what
// those imply), and whether the system saves the registers on a context switch.
SimdTarget target_of_processor() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return SimdTarget::baseline;
  if (!has(c, bit_SSSE3 | bit_SSE4_1 | bit_SSE4_2 | bit_POPCNT | bit_PCLMUL | bit_AES | bit_OSXSAVE | bit_AVX |
                  bit_FMA | bit_F16C))
    return SimdTarget::baseline;
  unsigned kept = 0, kept_high = 0;
  asm("xgetbv" : "=a"(kept), "=d"(kept_high) : "c"(0));
  if (!has(kept, 0x06)) return SimdTarget::baseline;  // xmm, ymm
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !has(b, bit_AVX2 | bit_BMI | bit_BMI2)) return SimdTarget::baseline;
  if (!has(b, bit_AVX512F | bit_AVX512VL | bit_AVX512DQ | bit_AVX512BW)) return SimdTarget::avx2;
  return has(kept, 0xe0) ? SimdTarget::avx512 : SimdTarget::avx2;  // masks, zmm
}
#else
SimdTarget target_of_processor() { return SimdTarget::baseline; }
#endif

/// The best target that RETROGRAD_SIMD_TARGET allows.
SimdTarget allowed_target() {
  const char* value = std::getenv("RETROGRAD_SIMD_TARGET");
  if (value == nullptr || *value == '\0') return SimdTarget::avx512;
  for (std::size_t k = 0; k < kNames.size(); ++k)
    if (std::string_view(value) == kNames[k]) return static_cast<SimdTarget>(k);
  fail("RETROGRAD_SIMD_TARGET: expected baseline, avx2 or avx512, found '{}'", value);
}

bool is_compiled(SimdTarget target) {
  return target == SimdTarget::avx512 ? (HWY_TARGETS & HWY_AVX3) != 0
         : target == SimdTarget::avx2 ? (HWY_TARGETS & HWY_AVX2) != 0
                                      : true;
}

}  // namespace

SimdTarget best_simd_target() {
  SimdTarget best = std::min(target_of_processor(), allowed_target());
  while (!is_compiled(best)) best = static_cast<SimdTarget>(static_cast<int>(best) - 1);
  return best;
}

void set_simd_target(SimdTarget target) {
  const SimdTarget best = best_simd_target();
  if (target > best)
    fail("set_simd_target: {} is not available; the best available target is {}",
         kNames[static_cast<std::size_t>(target)], kNames[static_cast<std::size_t>(best)]);
  simd_target_in_use = static_cast<int>(target);
}

int first_simd_target() {
  const int best = static_cast<int>(best_simd_target());
  simd_target_in_use = best;
  return best;
}

}  // namespace detail

std::string simd_target() {
  const auto chosen = static_cast<detail::SimdTarget>(detail::simd_target_index());
  return detail::kNames[static_cast<std::size_t>(std::max(chosen, detail::kStatic))];
}

}  // namespace retrograd
