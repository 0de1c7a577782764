// Each SIMD target that this machine has and the library is compiled for, chosen in turn.
#pragma once
#include <hwy/highway.h>

#include <cstdint>

namespace retrograd::tests {

template <class F>
void for_each_simd_target(F f) {
  const std::int64_t here = hwy::SupportedTargets();
  for (std::int64_t target : {std::int64_t{HWY_AVX3}, std::int64_t{HWY_AVX2}, std::int64_t{HWY_SCALAR}}) {
    if (!(here & target)) continue;
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    f();
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace retrograd::tests
