// The header of a safetensors file as plain values; only this file depends on JSON. Checks the grammar (unique names,
// the three keys of each tensor); dtypes and offsets are interpreted in safetensors.cpp. A file may list a million
// empty tensors, so the values are stored in a few flat lists, about 60 bytes a tensor. Not a public header.
#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retrograd::detail {

/// The contents of a header, in the order of the file.
class SafetensorsHeader {
 public:
  /// The number of tensors.
  std::size_t size() const { return entries_.size(); }
  std::string_view name(std::size_t i) const { return text(entries_[i].name); }
  std::string_view dtype(std::size_t i) const { return text(entries_[i].dtype); }
  /// At most eight sizes, below 2^63.
  std::span<const std::uint64_t> shape(std::size_t i) const {
    return std::span(sizes_).subspan(entries_[i].sizes.at, entries_[i].sizes.count);
  }
  /// The offsets of its bytes, relative to the end of the header.
  std::uint64_t begin(std::size_t i) const { return entries_[i].begin; }
  std::uint64_t end(std::size_t i) const { return entries_[i].end; }

  void add(std::string_view name, std::string_view dtype, std::span<const std::uint64_t> shape, std::uint64_t begin,
           std::uint64_t end);

  std::map<std::string, std::string> metadata;

 private:
  struct Part {  // a part of a list
    std::uint32_t at, count;
  };
  struct Entry {
    Part name, dtype, sizes;
    std::uint64_t begin, end;
  };
  std::string_view text(Part part) const { return std::string_view(text_).substr(part.at, part.count); }
  Part kept(std::string_view text);
  std::vector<Entry> entries_;
  std::string text_;  // all names and dtypes
  std::vector<std::uint64_t> sizes_;
};

/// Parses a header of less than 2^32 bytes. FileError, beginning with `file`, unless it is JSON with the structure of a
/// safetensors header.
SafetensorsHeader parse_header(const std::string& file, const std::string& text);
/// The header as JSON.
std::string header_text(const SafetensorsHeader& header);

}  // namespace retrograd::detail
