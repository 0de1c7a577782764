// Text as errors and reports show it: what a file says, paths, sizes in bytes. Does not depend on what is described.
#pragma once
#include <fmt/core.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace retrograd::detail {

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
/// "2, 3" and "mass, length".
std::string joined(std::span<const std::int64_t> numbers);
std::string joined(std::span<const std::string> words);

/// The base of fmt's formatters of our types: formats a text as fmt formats strings ("{}", "{:>12}"). It is compiled
/// once: derived from fmt's own formatter of strings, ours were two fifths of the code in the library.
class TextFormatter {
 public:
  /// Takes what stands between the colon and the closing brace.
  constexpr const char* parse(fmt::format_parse_context& context) {
    const char *begin = context.begin(), *end = begin;
    while (end != context.end() && *end != '}') ++end;
    specification_ = {begin, static_cast<std::size_t>(end - begin)};
    return end;
  }
  /// Appends the text to what is being formatted.
  fmt::format_context::iterator write(std::string_view text, fmt::format_context& context) const;

 private:
  std::string_view specification_;
};

}  // namespace retrograd::detail
