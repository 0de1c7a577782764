// The header of a safetensors file as plain values, which is all that knows JSON. Checks the grammar (names once, each
// tensor with its three keys); what dtypes and offsets mean is safetensors.cpp's. A file may list a million tensors of
// no bytes, so that all lies in a few flat lists, some 60 bytes a tensor. Not a room of its own: safetensors.h is.
#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retrograd::detail {

/// All that a header says, in the order of the file.
class SafetensorsHeader {
 public:
  /// How many tensors there are.
  std::size_t size() const { return entries_.size(); }
  std::string_view name(std::size_t i) const { return text(entries_[i].name); }
  std::string_view dtype(std::size_t i) const { return text(entries_[i].dtype); }
  /// At most eight sizes, below 2^63.
  std::span<const std::uint64_t> shape(std::size_t i) const {
    return std::span(sizes_).subspan(entries_[i].sizes.at, entries_[i].sizes.count);
  }
  /// Where its bytes begin and end, after the header.
  std::uint64_t begin(std::size_t i) const { return entries_[i].begin; }
  std::uint64_t end(std::size_t i) const { return entries_[i].end; }

  void add(std::string_view name, std::string_view dtype, std::span<const std::uint64_t> shape, std::uint64_t begin,
           std::uint64_t end);

  std::map<std::string, std::string> metadata;

 private:
  struct Part {  // of a list
    std::uint32_t at, count;
  };
  struct Entry {
    Part name, dtype, sizes;
    std::uint64_t begin, end;
  };
  std::string_view text(Part part) const { return std::string_view(text_).substr(part.at, part.count); }
  Part kept(std::string_view text);
  std::vector<Entry> entries_;
  std::string text_;  // names and dtypes
  std::vector<std::uint64_t> sizes_;
};

/// Reads a header of less than 2^32 bytes; FileError, which begins with `file`, on anything but JSON of the shape that
/// safetensors has.
SafetensorsHeader parse_header(const std::string& file, const std::string& text);
/// Writes it.
std::string header_text(const SafetensorsHeader& header);

}  // namespace retrograd::detail
