// Formatting of text for errors and reports: file contents, paths, sizes in bytes. Does not depend on what is
// described.
#pragma once
#include <fmt/core.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace retrograd::detail {

/// Text from a file for error messages, at most `most` bytes followed by "…"; control characters and bytes that are not
/// UTF-8 become "?".
std::string shown(std::string_view text, std::size_t most = 200);
/// A path for error messages: like text from a file, but never shortened.
std::string shown_path(std::string_view path);
/// Quotes the text as one word of a POSIX shell command line that is also safe to print: in quotes or, if it has
/// control characters or bytes that are not UTF-8, as a call to printf.
std::string shell_quoted(std::string_view text);
/// A byte count in human-readable units: "312 B", "1.5 KiB", "20 MiB".
std::string bytes_text(std::int64_t bytes);
/// "2, 3" and "mass, length".
std::string joined(std::span<const std::int64_t> numbers);
std::string joined(std::span<const std::string> words);

/// The base of fmt formatters for the library's types: formats a text as fmt formats strings ("{}", "{:>12}"). Compiled
/// only once: deriving from fmt's string formatter made up two fifths of the library's code.
class TextFormatter {
 public:
  /// Parses the format spec.
  constexpr const char* parse(fmt::format_parse_context& context) {
    const char *begin = context.begin(), *end = begin;
    while (end != context.end() && *end != '}') ++end;
    specification_ = {begin, static_cast<std::size_t>(end - begin)};
    return end;
  }
  /// Appends the text to the output.
  fmt::format_context::iterator write(std::string_view text, fmt::format_context& context) const;

 private:
  std::string_view specification_;
};

}  // namespace retrograd::detail
