// The header of a safetensors file as plain structs, which is all that knows JSON. Checks the grammar (names once, each
// tensor with its three keys); what dtypes and offsets mean is safetensors.cpp's. Not a room of its own: safetensors.h
// is.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace retrograd::detail {

/// What a header says of one tensor.
struct HeaderEntry {
  std::string name, dtype;
  std::vector<std::uint64_t> shape;         // at most eight sizes, below 2^63
  std::vector<std::uint64_t> data_offsets;  // begin and end
};

/// All that a header says, in the order of the file.
struct SafetensorsHeader {
  std::vector<HeaderEntry> entries;
  std::map<std::string, std::string> metadata;
};

/// Reads a header; FileError, which begins with `file`, on anything but JSON of the shape that safetensors has.
SafetensorsHeader parse_header(const std::string& file, const std::string& text);
/// Writes it.
std::string header_text(const SafetensorsHeader& header);

}  // namespace retrograd::detail
