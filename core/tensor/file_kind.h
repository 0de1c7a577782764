// Identifies files of an unexpected format by their first bytes; the formats that people confuse are few. Depends only
// on those bytes; does no I/O.
#pragma once
#include <string>
#include <string_view>

namespace retrograd::detail {

/// The number of bytes that are examined.
inline constexpr std::size_t kFileHead = 512;

/// The kind of a file with these first bytes, as shown in errors ("a zip archive, as .npz and PyTorch's .pt are"), or
/// "" if it is unknown. An empty head is an empty file.
std::string_view kind_of_file(std::string_view head);

/// Throws a FileError, "<name>: expected <format>, found <kind>", if the kind is known.
void refuse_known_kind(std::string_view name, std::string_view format, std::string_view head);

}  // namespace retrograd::detail
