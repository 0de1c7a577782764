// Text as errors and reports show it: what a file says, paths, sizes in bytes. Knows nothing of what it speaks of.
#pragma once
#include <cstdint>
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

}  // namespace retrograd::detail
