// Roots of sums of squares, which the update rules store instead of the sums: the square of a gradient overflows or
// underflows long before the gradient does, and the step, divided by the root, would be 0 or far too long. Scalar code
// for one element, without branches, so that the compiler vectorizes the loops around it. Not a public header.
#pragma once
#include <algorithm>
#include <cmath>

namespace retrograd::detail {

/// A power of two that scales numbers up to `size` to where squaring loses no digits.
template <class T>
[[gnu::always_inline]] inline T scale_for(T size) {
  constexpr T kLarge = sizeof(T) == sizeof(float) ? T(0x1p50) : T(0x1p400);
  const T up = size < 1 / kLarge ? kLarge : T(1);
  return size > kLarge ? 1 / kLarge : up;
}

/// keep·old, but 0 if keep is 0, since the discarded value may be infinite or NaN.
template <class T>
[[gnu::always_inline]] inline T kept(T keep, T old) {
  return keep == 0 ? T(0) : keep * old;
}

/// √(keep·r² + share·x² + more) for r ≥ 0.
template <class T>
[[gnu::always_inline]] inline T root_of_mixed(T keep, T r, T share, T x, T more = 0) {
  const T old = keep == 0 ? T(0) : r, size = std::abs(x), largest = old > size ? old : size;
  const T scale = scale_for(largest), a = old * scale, b = x * scale;
  return std::sqrt(keep * a * a + share * b * b + more * scale * scale) / scale;
}

}  // namespace retrograd::detail
