// The arguments of x[i] and x(i, range(1, 3)): for each axis either a position, which removes the axis, or a range of
// positions, which keeps it. Does not depend on tensors, which check an index against their sizes.
#pragma once
#include <concepts>
#include <cstdint>
#include <limits>
#include <utility>

namespace retrograd {

/// begin, begin + step, … up to but excluding end. Negative bounds count from the end of the axis.
struct Range {
  static constexpr std::int64_t kToEnd = std::numeric_limits<std::int64_t>::max();  ///< as `end`: the end of the axis
  std::int64_t begin = 0;                                                           ///< the first position
  std::int64_t end = kToEnd;                                                        ///< the position to stop before
  std::int64_t step = 1;                                                            ///< the distance between positions
};
/// Every step-th position from begin up to but excluding end; `range()` is the whole axis, `range(2)` all positions
/// from 2 on.
constexpr Range range(std::int64_t begin = 0, std::int64_t end = Range::kToEnd, std::int64_t step = 1) {
  return {begin, end, step};
}

/// One position (counted from the end when negative), or a range of them; for parameters only.
class Index {
 public:
  /// A single position, which removes its axis.
  template <std::integral T>
  requires(!std::same_as<T, bool>) constexpr Index(T place)
      : range_{std::in_range<std::int64_t>(place) ? static_cast<std::int64_t>(place) : Range::kToEnd} {}
  /// Several positions, which keep their axis.
  constexpr Index(Range range) : range_(range), is_range_(true) {}

  /// True for a range, false for a position.
  constexpr bool is_range() const { return is_range_; }
  /// The position; valid unless is_range().
  constexpr std::int64_t place() const { return range_.begin; }
  /// The range; valid if is_range().
  constexpr const Range& range() const { return range_; }

 private:
  Range range_;
  bool is_range_ = false;
};

}  // namespace retrograd
