// How shapes, dtypes and tensors print through fmt and streams: NumPy's layout, eight digits after the point at most,
// large tensors abbreviated. Printing is for people; saving is another room.
#pragma once
#include <fmt/format.h>

#include <iosfwd>
#include <string>
#include <string_view>

#include "tensor.h"

namespace retrograd {

/// "(2, 3)", "(3,)" and "()", as NumPy prints shapes.
std::string to_string(const Shape& shape);
/// The values in NumPy's layout: rows break at 75 columns, and axes longer than six are abbreviated when there are more
/// than 1000 values.
std::string to_string(const Tensor& x);

namespace detail {
/// How errors speak of a tensor: its shape, after the dotted name under which it was last watched, where it has one:
/// (5, 4) or "0.weight" (5, 4).
std::string described(const Tensor& x);
std::string described(const Shape& shape, const std::string* label);
/// Text from a file as errors show it, in at most so many bytes before a "…": control characters, and bytes that are
/// not UTF-8, as "?".
std::string shown(std::string_view text, std::size_t most = 200);
/// A path as errors show it: like text from a file, and whole.
std::string shown_path(std::string_view path);
/// The text as one word of a POSIX shell's command line, which a terminal shows as it is meant: in quotes, or, with
/// control characters or bytes that are not UTF-8, as what printf makes of it.
std::string shell_quoted(std::string_view text);
/// Bytes in units that people read: "312 B", "1.5 KiB", "20 MiB".
std::string bytes_text(std::int64_t bytes);
}  // namespace detail

/// Writes to_string(shape).
std::ostream& operator<<(std::ostream& stream, const Shape& shape);
/// Writes to_string(x).
std::ostream& operator<<(std::ostream& stream, const Tensor& x);

}  // namespace retrograd

template <>
struct fmt::formatter<retrograd::Dtype> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(retrograd::Dtype dtype, Context& context) const {
    const std::string_view text = retrograd::name(dtype);
    return fmt::formatter<fmt::string_view>::format({text.data(), text.size()}, context);
  }
};
template <>
struct fmt::formatter<retrograd::Shape> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(const retrograd::Shape& shape, Context& context) const {
    return fmt::formatter<fmt::string_view>::format(retrograd::to_string(shape), context);
  }
};
template <>
struct fmt::formatter<retrograd::Tensor> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(const retrograd::Tensor& x, Context& context) const {
    return fmt::formatter<fmt::string_view>::format(retrograd::to_string(x), context);
  }
};
