// Which compilation of the element loops serves this machine: the baseline, AVX2 or AVX-512. The processor is asked at
// the first dispatch, never while the program loads. Of Highway this takes headers alone: its shared library measures a
// clock by rdtscp as it loads, which ends a program where the processor, or valgrind, has no such instruction.
// Does not depend on what is dispatched. Not a public header.
#pragma once
#include <atomic>
#include <cstddef>

namespace retrograd::detail {

/// Each holds the one before.
enum class SimdTarget : int { baseline, avx2, avx512 };

/// The best that this machine runs, the library is compiled for, and the variable RETROGRAD_SIMD_TARGET (baseline, avx2
/// or avx512) allows; another word in it is an error.
SimdTarget best_simd_target();
/// Takes this one from now on, in the whole process; an error beyond the best. For tests.
void set_simd_target(SimdTarget target);

/// The target in use; -1 before anyone has asked.
[[gnu::visibility("hidden")]] extern std::atomic<int> simd_target_in_use;
int first_simd_target();
inline std::size_t simd_target_index() {
  const int at = simd_target_in_use.load(std::memory_order_relaxed);
  return static_cast<std::size_t>(at >= 0 ? at : first_simd_target());
}

}  // namespace retrograd::detail
