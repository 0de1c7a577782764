// Selects the compilation of the element loops for this machine: the baseline, AVX2 or AVX-512. The processor is
// queried at the first dispatch, never while the program loads. Uses only the headers of Highway: its shared library
// measures a clock by rdtscp when it is loaded, which kills the program where the processor, or valgrind, lacks this
// instruction. Does not depend on what is dispatched. Not a public header.
#pragma once
#include <atomic>
#include <cstddef>

namespace retrograd::detail {

/// Each target includes the previous one.
enum class SimdTarget : int { baseline, avx2, avx512 };

/// The best target that this machine supports, that the library is compiled for, and that the variable
/// RETROGRAD_SIMD_TARGET (baseline, avx2 or avx512) allows; Error if the variable has any other value.
SimdTarget best_simd_target();
/// Uses this target from now on, in the whole process; Error if it is beyond the best. For tests.
void set_simd_target(SimdTarget target);

/// The target in use; -1 before the first query.
[[gnu::visibility("hidden")]] extern std::atomic<int> simd_target_in_use;
int first_simd_target();
inline std::size_t simd_target_index() {
  const int at = simd_target_in_use.load(std::memory_order_relaxed);
  return static_cast<std::size_t>(at >= 0 ? at : first_simd_target());
}

}  // namespace retrograd::detail
