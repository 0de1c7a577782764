// The arguments of x[i] and x(i, range(1, 3)): for each axis either a position, which removes the axis, or a range of
// positions, which keeps it. Does not depend on tensors, which check an index against their sizes.
#pragma once
#include <concepts>
#include <cstdint>
#include <limits>
#include <utility>

namespace retrograd {

/// begin, begin + step, … before end. Ends below zero count from the end of the axis.
struct Range {
  static constexpr std::int64_t kToEnd = std::numeric_limits<std::int64_t>::max();  ///< as `end`: the axis's own
  std::int64_t begin = 0;                                                           ///< the first place
  std::int64_t end = kToEnd;                                                        ///< the place that stops the range
  std::int64_t step = 1;                                                            ///< from place to place
};
/// From begin up to but without end, every step-th; `range()` is all of an axis, `range(2)` all from place 2 on.
constexpr Range range(std::int64_t begin = 0, std::int64_t end = Range::kToEnd, std::int64_t step = 1) {
  return {begin, end, step};
}

/// One place (counted from the end when negative), or a range of them; only ever a parameter.
class Index {
 public:
  /// One place, which takes its axis away.
  template <std::integral T>
  requires(!std::same_as<T, bool>) constexpr Index(T place)
      : range_{std::in_range<std::int64_t>(place) ? static_cast<std::int64_t>(place) : Range::kToEnd} {}
  /// Several places, which keep their axis.
  constexpr Index(Range range) : range_(range), is_range_(true) {}

  /// True of a range, false of a place.
  constexpr bool is_range() const { return is_range_; }
  /// The place, where it is one.
  constexpr std::int64_t place() const { return range_.begin; }
  /// The range, where it is one.
  constexpr const Range& range() const { return range_; }

 private:
  Range range_;
  bool is_range_ = false;
};

}  // namespace retrograd
