// How windows slide along an axis, seen from a tap: what the k-th elements of all windows meet is a row of the source,
// every step-th element of it, that begins somewhere. Where `step` is more than 1, the source falls into as many
// phases, and within a phase neighbors are one apart again. The transpose of windows slides in the same way.
// Invariant: every tap meets an element for some sum, so no reach exceeds the axis. Does not depend on what is summed
// up. Not a public header.
#pragma once
#include <vector>

#include "../base/storage.h"
#include "../kernels/windows.h"

namespace retrograd::detail {

/// The element of a window that a sum meets in a phase (its number among those in use): that at sum + low + shift.
struct SlidingTap {
  std::int64_t element, phase, shift;
};

struct SlidingAxis {
  std::int64_t in, out, step;  ///< elements of the source, sums, and how far neighbors of a phase are apart
  std::int64_t first, stride;  ///< sum o is element first + o · stride of the result
  std::int64_t low, reach;     ///< shifts are from 0 to reach
  std::vector<SlidingTap, PoolAllocator<SlidingTap>> taps;
  std::vector<std::int64_t, PoolAllocator<std::int64_t>> phases;

  /// Where in the source element v of a phase of sums from `from` on lies; it may be beyond it.
  std::int64_t source(std::int64_t from, std::int64_t v, std::int64_t phase) const {
    return (from + v + low) * step + phase;
  }
  /// The elements of a phase that lie within the source, of those of the sums from `from` to before `from + count`.
  std::pair<std::int64_t, std::int64_t> inside(std::int64_t from, std::int64_t count, std::int64_t phase) const;
  /// How many elements, before the first and behind the last that lies within the source, all phases have at least.
  std::int64_t zeros_at_both_ends() const;
  /// True if the sums meet elements of the source as they lie.
  bool reads_source() const {
    return step == 1 && phases.size() == 1 && low + phases[0] >= 0 && low + phases[0] + reach + out <= in;
  }
  /// The same with a phase for each tap, which then has nothing between the sums of one row and those of the next.
  void unfold();
};

/// y[o] = Σ over the taps: sum o is window o.
SlidingAxis sliding_windows(const WindowAxis& windows);
/// x[i] = Σ over the windows that meet element i, for every stride-th i from `first` on.
SlidingAxis sliding_transpose(const WindowAxis& windows, std::int64_t first);

}  // namespace retrograd::detail
