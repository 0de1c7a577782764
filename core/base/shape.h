// The sizes of a tensor along its axes, held inline (at most eight), so that no shape ever allocates. A scalar has rank
// 0 and size 1. Also NumPy's broadcasting rule and the parsing of axis arguments. Does not depend on values or strides.
#pragma once
#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "text.h"

namespace retrograd {

/// The maximum number of axes of a tensor.
inline constexpr int kMaxRank = 8;
/// Steps between neighbors along each axis, in elements.
using Strides = std::array<std::int64_t, kMaxRank>;

/// The sizes of a tensor along its axes, from the outermost to the innermost.
class Shape {
 public:
  /// The shape of a scalar: no axes.
  Shape() = default;
  /// Sizes from the outermost axis to the innermost; throws ShapeError on a negative size or a rank above 8.
  Shape(std::initializer_list<std::int64_t> sizes) : Shape(std::span(sizes.begin(), sizes.size())) {}
  /// The same from a span of sizes; errors name `op`.
  explicit Shape(std::span<const std::int64_t> sizes, const char* op = "shape");
  // Size by size: a block copy right after the individual stores would stall on store forwarding.
  /// A copy.
  Shape(const Shape& other) : rank_(other.rank_) { copy(other); }
  /// Copies the sizes of `other`.
  Shape& operator=(const Shape& other) {
    rank_ = other.rank_;
    copy(other);
    return *this;
  }

  /// The number of axes.
  int rank() const { return rank_; }
  /// The number of elements: the product of the sizes, 1 for a scalar.
  std::int64_t size() const {
    std::int64_t product = 1;
    for (int axis = 0; axis < rank_; ++axis) product *= sizes_[static_cast<std::size_t>(axis)];
    return product;
  }
  /// The size along an axis from 0 to rank() − 1; not checked.
  std::int64_t operator[](int axis) const { return sizes_[static_cast<std::size_t>(axis)]; }
  /// The same, mutable.
  std::int64_t& operator[](int axis) { return sizes_[static_cast<std::size_t>(axis)]; }
  /// The first size, that of the outermost axis.
  const std::int64_t* begin() const { return sizes_.data(); }
  /// The end of the sizes.
  const std::int64_t* end() const { return sizes_.data() + rank_; }
  /// Appends an innermost axis.
  void push_back(std::int64_t size);

  /// True if the ranks and all sizes are equal.
  friend bool operator==(const Shape& a, const Shape& b) {
    if (a.rank_ != b.rank_) return false;
    for (int axis = 0; axis < a.rank_; ++axis)
      if (a[axis] != b[axis]) return false;
    return true;
  }

 private:
  void copy(const Shape& other) {
    for (int axis = 0; axis < rank_; ++axis)
      sizes_[static_cast<std::size_t>(axis)] = other.sizes_[static_cast<std::size_t>(axis)];
  }
  int rank_ = 0;
  std::array<std::int64_t, kMaxRank> sizes_;  // only the first rank_ are ever read
};

namespace detail {
/// The shape to which two operands broadcast (NumPy's rule: align right, sizes equal or 1); a ShapeError that names
/// `op` if there is none.
Shape broadcast_shapes(const char* op, const Shape& a, const Shape& b);

/// True if the two shapes broadcast together.
bool broadcast_together(const Shape& a, const Shape& b);
/// True if `from` broadcasts to exactly `to`.
bool broadcasts_to(const Shape& from, const Shape& to);

/// Maps a negative axis, counted from the end, to 0 … rank-1; a ShapeError that names `op` if it is out of range.
int normal_axis(const char* op, int axis, int rank);
}  // namespace detail

/// The axes of a reduction: one axis, several, or (by default) all of them.
class Axes {
 public:
  /// All axes.
  Axes() = default;
  /// One axis, counted from the end when negative. Booleans and floating-point numbers are rejected: sum(x, true) and
  /// max(x, 0.0) do not compile.
  template <std::integral T>
  requires(!std::same_as<T, bool>) Axes(T axis)
      : Axes({std::in_range<int>(axis) ? static_cast<int>(axis) : std::numeric_limits<int>::max()}) {}
  /// These axes; an empty list means no axes. ShapeError if there are more than 8.
  Axes(std::initializer_list<int> axes);
  /// A bit mask of the axes of a tensor of this rank; ShapeError if an axis is out of range or repeated.
  std::uint32_t mask(const char* op, int rank) const;

 private:
  bool all_ = true;
  int count_ = 0;
  std::array<int, kMaxRank> axes_{};
};

/// "(2, 3)", "(3,)" and "()", as NumPy prints shapes.
std::string to_string(const Shape& shape);
/// Writes to_string(shape).
std::ostream& operator<<(std::ostream& stream, const Shape& shape);

namespace detail {
/// How errors describe a tensor: its shape, preceded by the dotted name under which it was last watched if it has one:
/// (5, 4) or "0.weight" (5, 4).
std::string described(const Shape& shape, const std::string* label);
}  // namespace detail

}  // namespace retrograd

template <>
struct fmt::formatter<retrograd::Shape> : retrograd::detail::TextFormatter {
  auto format(const retrograd::Shape& shape, fmt::format_context& context) const {
    return write(retrograd::to_string(shape), context);
  }
};
