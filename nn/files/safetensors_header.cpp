#include "safetensors_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <numeric>

#include "../../core/base/error.h"
#include "../../core/base/shape.h"
#include "../../core/base/text.h"
#include "../../core/tensor/format.h"

namespace retrograd::detail {

namespace {

using nlohmann::json;

// A SAX reader: JSON trees would silently keep the last of two equal names, and convert 2^64 to a double.
class HeaderReader {
 public:
  HeaderReader(const std::string& file, SafetensorsHeader& header) : file_(file), header_(header) {}

  bool null() { return refuse("null"); }
  bool boolean(bool value) { return refuse(value ? "true" : "false"); }
  bool number_integer(json::number_integer_t value) { return refuse(std::to_string(value)); }
  bool number_float(json::number_float_t, const std::string& text) { return refuse(shown(text)); }
  bool binary(json::binary_t&) { return refuse("bytes"); }
  bool number_unsigned(json::number_unsigned_t value) {
    if (in_ != In::list || value >> 63 != 0) return refuse(std::to_string(value));
    if (list().size() == most()) return refuse("more");
    list().push_back(value);
    return true;
  }
  bool string(const std::string& value) {
    if (in_ == In::metadata)
      header_.metadata[key_] = value;
    else if (in_ == In::entry && key_ == kKeys[kDtype])
      dtype_ = value;
    else
      return refuse("a string");
    return true;
  }
  bool start_object(std::size_t) {
    if (in_ == In::file) {
      in_ = In::header;
    } else if (in_ == In::header) {
      in_ = key_ == kMetadata ? In::metadata : In::entry;
      if (in_ == In::metadata && std::exchange(has_metadata_, true)) twice(kMetadata);
      name_ = key_;
      seen_ = {};
      shape_.clear();
      offsets_.clear();
    } else {
      return refuse("an object");
    }
    return true;
  }
  bool key(const std::string& name) {
    key_ = name;
    if (in_ == In::metadata && header_.metadata.contains(name)) twice(name);
    if (in_ != In::entry) return true;
    const auto known = std::find(kKeys.begin(), kKeys.end(), name);
    if (known == kKeys.end()) incomplete(shown(name));
    if (std::exchange(seen_[static_cast<std::size_t>(known - kKeys.begin())], true)) twice(name);
    return true;
  }
  bool end_object() {
    if (in_ == In::entry) {
      std::vector<std::string> found;
      for (std::size_t i = 0; i < kKeys.size(); ++i)
        if (seen_[i]) found.emplace_back(kKeys[i]);
      if (found.size() < kKeys.size()) incomplete(joined(found));
      header_.add(name_, dtype_, shape_, offsets_[0], offsets_[1]);
    }
    in_ = in_ == In::header ? In::file : In::header;
    return true;
  }
  bool start_array(std::size_t) {
    if (in_ != In::entry || key_ == kKeys[kDtype]) return refuse("a list");
    in_ = In::list;
    return true;
  }
  bool end_array() {
    if (key_ == kKeys[kOffsets] && offsets_.size() != 2) return refuse(fmt::format("{}", offsets_.size()));
    in_ = In::entry;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const json::exception& error) {
    const std::string_view what = error.what();  // the rest quotes the text, of any length
    fail<FileError>("{}: the header is not JSON in UTF-8: {}", file_, what.substr(0, what.find("; last read")));
  }
  /// FileError where two tensors have the same name.
  void check_names() const {
    std::vector<std::uint32_t> order(header_.size());
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    const auto name = [&](std::uint32_t i) { return header_.name(i); };
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return name(a) < name(b); });
    const auto found = std::adjacent_find(order.begin(), order.end(),
                                          [&](std::uint32_t a, std::uint32_t b) { return name(a) == name(b); });
    if (found != order.end()) twice(name(*found));
  }

 private:
  enum class In { file, header, metadata, entry, list };  // the innermost open object or list
  enum Key { kDtype, kShape, kOffsets };
  static constexpr std::array<std::string_view, 3> kKeys = {"dtype", "shape", "data_offsets"};
  static constexpr std::string_view kMetadata = "__metadata__";
  std::vector<std::uint64_t>& list() { return key_ == kKeys[kShape] ? shape_ : offsets_; }
  std::size_t most() const { return key_ == kKeys[kShape] ? kMaxRank : 2; }
  [[noreturn]] void twice(std::string_view name) const {
    fail<FileError>("{}: the name {} appears twice in the header", file_, shown(name));
  }
  [[noreturn]] void incomplete(const std::string& found) const {
    fail<FileError>("{}: tensor {}: expected dtype, shape and data_offsets, found {}", file_, shown(name_), found);
  }
  [[noreturn]] bool refuse(const std::string& found) const {
    if (in_ == In::file) fail<FileError>("{}: header: expected an object, found {}", file_, found);
    if (in_ == In::header) fail<FileError>("{}: {}: expected an object, found {}", file_, shown(key_), found);
    if (in_ == In::metadata)
      fail<FileError>("{}: __metadata__: expected a string for {}, found {}", file_, shown(key_), found);
    const char* expected = key_ == kKeys[kDtype]   ? "a string"
                           : key_ == kKeys[kShape] ? "a list of at most eight sizes from 0 to 2^63 - 1"
                                                   : "a list of two whole numbers from 0 to 2^63 - 1";
    fail<FileError>("{}: tensor {}: {}: expected {}, found {}", file_, shown(name_), key_, expected, found);
  }

  const std::string& file_;
  SafetensorsHeader& header_;
  In in_ = In::file;
  bool has_metadata_ = false;
  std::string key_;  // the last one read
  // Of the tensor being read:
  std::string name_, dtype_;
  std::array<bool, kKeys.size()> seen_{};
  std::vector<std::uint64_t> shape_, offsets_;
};

void append_quoted(std::string& text, std::string_view value) {
  text += '"';
  for (const char c : value)
    if (static_cast<unsigned char>(c) < 0x20)
      text += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      (c == '"' || c == '\\' ? text += '\\' : text) += c;
  text += '"';
}

}  // namespace

SafetensorsHeader::Part SafetensorsHeader::kept(std::string_view text) {
  const Part part{static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(text.size())};
  text_ += text;
  return part;
}

void SafetensorsHeader::add(std::string_view name, std::string_view dtype, std::span<const std::uint64_t> shape,
                            std::uint64_t begin, std::uint64_t end) {
  const Part sizes{static_cast<std::uint32_t>(sizes_.size()), static_cast<std::uint32_t>(shape.size())};
  sizes_.insert(sizes_.end(), shape.begin(), shape.end());
  const Part kept_name = kept(name);
  entries_.push_back({kept_name, kept(dtype), sizes, begin, end});
}

SafetensorsHeader parse_header(const std::string& file, const std::string& text) {
  if (text.find('\0') != std::string::npos)  // where the reader below would stop
    fail<FileError>("{}: the header is not JSON in UTF-8: it contains a NUL byte", file);
  SafetensorsHeader header;
  HeaderReader reader(file, header);
  json::sax_parse(text, &reader);
  reader.check_names();
  return header;
}

std::string header_text(const SafetensorsHeader& header) {
  std::string text = "{";
  if (!header.metadata.empty()) {
    text += "\"__metadata__\":{";
    for (const auto& [name, value] : header.metadata) {
      if (text.back() != '{') text += ',';
      append_quoted(text, name);
      text += ':';
      append_quoted(text, value);
    }
    text += '}';
  }
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (text.size() > 1) text += ',';
    append_quoted(text, header.name(i));
    text += fmt::format(R"(:{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})", header.dtype(i),
                        fmt::join(header.shape(i), ","), header.begin(i), header.end(i));
  }
  return text += '}';
}

}  // namespace retrograd::detail
