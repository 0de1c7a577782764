// What a file that is not of the format asked for is instead, told from how it begins: the files that people mistake
// for another are few. Knows beginnings only, and reads no file.
#pragma once
#include <string>
#include <string_view>

namespace retrograd::detail {

/// How many bytes of a file are looked at.
inline constexpr std::size_t kFileHead = 512;

/// What begins like this, as errors say it ("a zip archive, as .npz and PyTorch's .pt are"); empty where it is nothing
/// that is known. An empty head is an empty file.
std::string_view kind_of_file(std::string_view head);

/// "expected <format>, found <kind>" behind the name of the file, as a FileError, where the kind is known.
void refuse_known_kind(std::string_view name, std::string_view format, std::string_view head);

}  // namespace retrograd::detail
