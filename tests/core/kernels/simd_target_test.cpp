#include <doctest/doctest.h>
#include <retrograd/core/kernels/simd_target.h>
#include <retrograd/retrograd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "../../scratch.h"
#include "../../simd_targets.h"

namespace retrograd::tests {

using detail::SimdTarget;

TEST_CASE("the SIMD target is the best that the processor has and RETROGRAD_SIMD_TARGET allows") {
  const Environment unset("RETROGRAD_SIMD_TARGET", nullptr);
  const SimdTarget here = detail::best_simd_target();
#if defined(__x86_64__) && !defined(__AVX2__)
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
  // Built for one target alone there is one.
  if (here != SimdTarget::baseline)
    CHECK(here == (avx512 ? SimdTarget::avx512 : avx2 ? SimdTarget::avx2 : SimdTarget::baseline));
#endif
  const std::vector<std::string> names{"baseline", "avx2", "avx512"};
  for (std::size_t k = 0; k < names.size(); ++k) {
    const Environment set("RETROGRAD_SIMD_TARGET", names[k].c_str());
    CHECK(detail::best_simd_target() == std::min(here, static_cast<SimdTarget>(k)));
  }
  const Environment empty("RETROGRAD_SIMD_TARGET", "");
  CHECK(detail::best_simd_target() == here);
}

TEST_CASE("a word that names no SIMD target is an error, and so is one beyond the best") {
  {
    const Environment set("RETROGRAD_SIMD_TARGET", "AVX2");
    CHECK_THROWS_WITH_AS(detail::best_simd_target(),
                         "RETROGRAD_SIMD_TARGET: expected baseline, avx2 or avx512, found 'AVX2'", Error);
  }
  const Environment set("RETROGRAD_SIMD_TARGET", "baseline");
  CHECK_THROWS_WITH_AS(detail::set_simd_target(SimdTarget::avx2),
                       "set_simd_target: avx2 is not available; the best available target is baseline", Error);
}

TEST_CASE("every SIMD target up to the best is taken in turn") {
  std::vector<std::string> taken;
  const std::string before = simd_target();
  for_each_simd_target([&] { taken.push_back(simd_target()); });
  CHECK(simd_target() == before);
  CHECK(taken.size() == static_cast<std::size_t>(detail::best_simd_target()) + 1);
  CHECK(std::unique(taken.begin(), taken.end()) == taken.end());
}

}  // namespace retrograd::tests
