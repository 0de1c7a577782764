// Selects in turn each SIMD target that this machine supports and the library is compiled for.
#pragma once
#include <retrograd/core/kernels/simd_target.h>

namespace retrograd::tests {

template <class F>
void for_each_simd_target(F f) {
  const detail::SimdTarget best = detail::best_simd_target();
  struct Restore {
    detail::SimdTarget best;
    ~Restore() { detail::set_simd_target(best); }
  } restore{best};
  for (int target = static_cast<int>(best); target >= 0; --target) {
    detail::set_simd_target(static_cast<detail::SimdTarget>(target));
    f();
  }
}

}  // namespace retrograd::tests
