#include "safetensors_header.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "../core/error.h"
#include "../core/format.h"
#include "../core/shape.h"

namespace retrograd::detail {

namespace {

using nlohmann::json;

// Events of the JSON reader: its trees would keep the last of two equal names in silence, and turn 2^64 into a double.
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
    else if (in_ == In::entry && key_ == "dtype")
      entry().dtype = value;
    else
      return refuse("a string");
    return true;
  }
  bool start_object(std::size_t) {
    if (in_ == In::file) {
      in_ = In::header;
    } else if (in_ == In::header) {
      in_ = key_ == "__metadata__" ? In::metadata : In::entry;
      if (in_ == In::entry) header_.entries.push_back({key_, {}, {}, {}});
      keys_.clear();
    } else {
      return refuse("an object");
    }
    return true;
  }
  bool key(const std::string& name) {
    key_ = name;
    if (!(in_ == In::header ? names_ : keys_).insert(name).second)
      fail<FileError>("{}: the name {} stands twice in the header", file_, shown(name));
    if (in_ == In::entry && name != "dtype" && name != "shape" && name != "data_offsets")
      fail<FileError>("{}: tensor {}: expected dtype, shape and data_offsets, found {}", file_, shown(entry().name),
                      shown(name));
    return true;
  }
  bool end_object() {
    if (in_ == In::entry && keys_.size() < 3)
      fail<FileError>("{}: tensor {}: expected dtype, shape and data_offsets, found {}", file_, shown(entry().name),
                      fmt::join(keys_, ", "));
    in_ = in_ == In::header ? In::file : In::header;
    return true;
  }
  bool start_array(std::size_t) {
    if (in_ != In::entry || key_ == "dtype") return refuse("a list");
    in_ = In::list;
    return true;
  }
  bool end_array() {
    if (key_ == "data_offsets" && list().size() != 2) return refuse(fmt::format("{}", list().size()));
    in_ = In::entry;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const json::exception& error) {
    const std::string_view what = error.what();  // which goes on to quote the text, however long
    fail<FileError>("{}: the header is not JSON in UTF-8: {}", file_, what.substr(0, what.find("; last read")));
  }

 private:
  enum class In { file, header, metadata, entry, list };  // what has been opened last
  HeaderEntry& entry() { return header_.entries.back(); }
  std::vector<std::uint64_t>& list() { return key_ == "shape" ? entry().shape : entry().data_offsets; }
  std::size_t most() const { return key_ == "shape" ? kMaxRank : 2; }
  [[noreturn]] bool refuse(const std::string& found) {
    if (in_ == In::file) fail<FileError>("{}: header: expected an object, found {}", file_, found);
    if (in_ == In::header) fail<FileError>("{}: {}: expected an object, found {}", file_, shown(key_), found);
    if (in_ == In::metadata)
      fail<FileError>("{}: __metadata__: expected a string for {}, found {}", file_, shown(key_), found);
    const char* expected = key_ == "dtype"   ? "a string"
                           : key_ == "shape" ? "a list of at most eight sizes from 0 to 2^63 - 1"
                                             : "a list of two whole numbers from 0 to 2^63 - 1";
    fail<FileError>("{}: tensor {}: {}: expected {}, found {}", file_, shown(entry().name), key_, expected, found);
  }

  const std::string& file_;
  SafetensorsHeader& header_;
  In in_ = In::file;
  std::string key_;                     // the last that was read
  std::set<std::string> names_, keys_;  // of the header, and of what stands in it
};

void append_quoted(std::string& text, const std::string& value) {
  text += '"';
  for (const char c : value)
    if (static_cast<unsigned char>(c) < 0x20)
      text += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      (c == '"' || c == '\\' ? text += '\\' : text) += c;
  text += '"';
}

}  // namespace

SafetensorsHeader parse_header(const std::string& file, const std::string& text) {
  if (text.find('\0') != std::string::npos)  // where the reader below would stop
    fail<FileError>("{}: the header is not JSON in UTF-8: it holds a byte of 0", file);
  SafetensorsHeader header;
  HeaderReader reader(file, header);
  json::sax_parse(text, &reader);
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
  for (const HeaderEntry& entry : header.entries) {
    if (text.size() > 1) text += ',';
    append_quoted(text, entry.name);
    text += fmt::format(R"(:{{"dtype":"{}","shape":[{}],"data_offsets":[{}]}})", entry.dtype,
                        fmt::join(entry.shape, ","), fmt::join(entry.data_offsets, ","));
  }
  return text += '}';
}

}  // namespace retrograd::detail
