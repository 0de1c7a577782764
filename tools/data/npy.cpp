#include "npy.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "../../core/base/error.h"
#include "../../core/base/text.h"
#include "../../core/tensor/file.h"
#include "../../core/tensor/file_kind.h"
#include "../../core/tensor/format.h"

namespace retrograd::tools {

namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;            // of the values in the file
constexpr std::uint64_t kLargestHeader = 65'535;  // the maximum of version 1.0; our headers are never longer

struct Descr {
  std::string_view text;
  Dtype dtype;
};
constexpr Descr kDescrs[] = {{"<f4", float32}, {"<f8", float64}, {"<i8", int64}, {"|u1", uint8}, {"|b1", boolean}};

// A dtype of a file: the dtype of the tensor, and the layout of the values in the file.
struct Stored {
  Dtype dtype;
  std::size_t bytes;
  void (*widen)(const std::byte* from, std::int64_t* to, std::int64_t n);  // null: already as in the tensor
};
template <class T>
void widen(const std::byte* from, std::int64_t* to, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    T value;
    std::memcpy(&value, from + static_cast<std::size_t>(i) * sizeof value, sizeof value);
    to[i] = value;
  }
}
// By the letter and the size that follow the byte-order mark.
constexpr std::pair<std::string_view, Stored> kStored[] = {
    {"f4", {float32, 4, nullptr}},
    {"f8", {float64, 8, nullptr}},
    {"i8", {int64, 8, nullptr}},
    {"u1", {uint8, 1, nullptr}},
    {"b1", {boolean, 1, nullptr}},
    {"i1", {int64, 1, widen<std::int8_t>}},
    {"i2", {int64, 2, widen<std::int16_t>}},
    {"i4", {int64, 4, widen<std::int32_t>}},
    {"u2", {int64, 2, widen<std::uint16_t>}},
    {"u4", {int64, 4, widen<std::uint32_t>}},
};

// Interprets a descr: little-endian values, '<', or the writer's native order, '=' (also meant by '|' and no mark); for
// single bytes the mark is ignored.
const Stored* stored_of(std::string_view descr) {
  const char mark = descr.empty() ? '\0' : descr.front();
  if (std::string_view("<>=|").find(mark) != std::string_view::npos && mark != '\0') descr.remove_prefix(1);
  const auto known =
      std::find_if(std::begin(kStored), std::end(kStored), [&](const auto& one) { return one.first == descr; });
  if (known == std::end(kStored) || (mark == '>' && known->second.bytes > 1)) return nullptr;
  return &known->second;
}

// An explanation of an unsupported descr, appended to the error.
std::string_view remark(std::string_view descr) {
  if (!descr.empty() && descr.front() == '>') return " (big-endian)";
  if (!descr.empty() && (descr.front() == '<' || descr.front() == '|' || descr.front() == '=')) descr.remove_prefix(1);
  if (descr == "O") return " (Python objects, which are pickled)";
  if (descr == "f2") return " (half precision)";
  if (descr == "f16") return " (long double)";
  if (descr == "u8") return " (uint64, which int64 cannot hold)";
  if (descr.size() < 2 || (descr[1] != '[' && (descr[1] < '0' || descr[1] > '9'))) return "";
  switch (descr.front()) {
    case 'U':
    case 'S':
    case 'a':
      return " (text)";
    case 'c':
      return " (complex numbers)";
    case 'M':
      return " (dates)";
    case 'm':
      return " (time spans)";
    case 'V':
      return " (raw bytes)";
    default:
      return "";
  }
}

// Parses the header's dict from left to right: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
class Header {
 public:
  Header(const std::string& file, std::string_view text) : file_(file), text_(text) {
    expect('{');
    while (!accept('}')) {
      const std::string_view key = quoted();
      const auto known = std::find(std::begin(kKeys), std::end(kKeys), key);
      if (known == std::end(kKeys)) refuse("one of the keys descr, fortran_order and shape");
      bool& seen = seen_[known - std::begin(kKeys)];
      if (std::exchange(seen, true)) refuse(fmt::format("the key {} once", *known));
      expect(':');
      if (known == &kKeys[0])
        descr = dtype();
      else if (known == &kKeys[1])
        is_fortran = truth();
      else
        shape = tuple();
      if (accept('}')) break;
      expect(',');
    }
    if (!seen_[0] || !seen_[1] || !seen_[2]) refuse("the keys descr, fortran_order and shape");
    skip_blanks();
    if (at_ != text_.size()) refuse("the end of the header");
  }
  std::string_view descr;
  bool is_fortran = false;
  std::vector<std::uint64_t> shape;

 private:
  static constexpr std::string_view kKeys[] = {"descr", "fortran_order", "shape"};

  [[noreturn]] void refuse(const std::string& expected) const {
    detail::fail<FileError>("{}: header: expected {} at byte {}, found \"{}\"", file_, expected, at_,
                            detail::shown(text_.substr(std::min(at_, text_.size())), 20));
  }
  void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \n\t\r", at_), text_.size()); }
  bool accept(char c) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) refuse(fmt::format("'{}'", c));
  }
  std::string_view quoted() {
    const char quote = accept('"') ? '"' : '\'';
    if (quote == '\'') expect(quote);
    const std::size_t end = text_.find(quote, at_);
    if (end == std::string_view::npos) refuse("the end of a string");
    const std::string_view inside = text_.substr(at_, end - at_);
    at_ = end + 1;
    return inside;
  }
  std::string_view dtype() {
    skip_blanks();
    if (text_.substr(at_).starts_with('['))
      detail::fail<FileError>("{}: descr: expected values of one dtype, found a structured one, {}", file_,
                              detail::shown(text_.substr(at_), 40));
    return quoted();
  }
  bool truth() {
    skip_blanks();
    for (const std::string_view word : {"True", "False"})
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return word == "True";
      }
    refuse("True or False");
  }
  std::uint64_t number() {
    skip_blanks();
    std::uint64_t value = 0;
    const std::size_t begin = at_;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_)
      if (__builtin_mul_overflow(value, 10u, &value) ||
          __builtin_add_overflow(value, static_cast<unsigned>(text_[at_] - '0'), &value))
        refuse("a size below 2^64");
    if (at_ == begin) refuse("a size");
    if (text_.substr(at_).starts_with('L')) ++at_;  // Python 2 wrote long integers so
    return value;
  }
  std::vector<std::uint64_t> tuple() {
    std::vector<std::uint64_t> sizes;
    expect('(');
    while (!accept(')')) {
      sizes.push_back(number());
      if (accept(')')) {
        if (sizes.size() == 1) refuse("a comma after the only size");  // (3) is a number, not a tuple, in Python
        break;
      }
      expect(',');
    }
    return sizes;
  }

  const std::string& file_;
  std::string_view text_;
  std::size_t at_ = 0;
  bool seen_[3] = {};
};

// The values of x, whose axes are reversed, in row-major order.
Tensor from_fortran(const Tensor& x, const Shape& shape) {
  Strides strides{};
  std::int64_t step = 1;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    strides[static_cast<std::size_t>(axis)] = step;
    step *= shape[axis];
  }
  return detail::packed(detail::make_view(x, shape, strides));
}

Tensor read_values(detail::InputFile& in, const Shape& shape, const Stored& stored) {
  if (!stored.widen) return in.read_tensor(shape, stored.dtype, "values");
  Tensor x = Tensor::empty(shape, stored.dtype);
  auto* to = detail::values<std::int64_t>(x);
  constexpr std::int64_t kTogether = 1 << 16;
  std::vector<std::byte> some(static_cast<std::size_t>(std::min(shape.size(), kTogether)) * stored.bytes);
  for (std::int64_t at = 0; at < shape.size(); at += kTogether) {
    const std::int64_t n = std::min(shape.size() - at, kTogether);
    in.read(some.data(), static_cast<std::uint64_t>(n) * stored.bytes);
    stored.widen(some.data(), to + at, n);
  }
  return x;
}

}  // namespace

Tensor read_npy(const std::string& path) {
  detail::InputFile in(path);
  const std::string& file = in.name();
  if (const std::string head = in.head(); !head.starts_with(kMagic))
    detail::refuse_known_kind(file, "an .npy file", head);
  char start[8];
  in.read(start, sizeof start);
  if (std::string_view(start, kMagic.size()) != kMagic)
    detail::fail<FileError>("{}: magic number: expected \"\\x93NUMPY\", found a different one", file);
  const int major = static_cast<unsigned char>(start[6]), minor = static_cast<unsigned char>(start[7]);
  if (major < 1 || major > 3 || minor != 0)
    detail::fail<FileError>("{}: version: expected 1.0, 2.0 or 3.0, found {}.{}", file, major, minor);
  std::uint32_t length = 0;
  in.read(&length, major == 1 ? 2 : 4);
  if (length > kLargestHeader || length > in.left())
    detail::fail<FileError>("{}: header: expected at most {} bytes, found a length of {}", file,
                            std::min(kLargestHeader, in.left()), length);
  std::string text(length, ' ');
  in.read(text.data(), length);

  const Header header(file, text);
  const Stored* stored = stored_of(header.descr);
  if (!stored)
    detail::fail<FileError>("{}: descr: expected one of <f4, <f8, <i8, |u1, |b1, found {}{}", file,
                            detail::shown(header.descr, 20), remark(header.descr));
  std::uint64_t bytes = 0;
  Shape shape = detail::checked_shape(
      header.shape, size_of(stored->dtype), [&] { return file + ": shape"; }, bytes);
  bytes = bytes / size_of(stored->dtype) * stored->bytes;
  if (in.left() != bytes)
    detail::fail<FileError>("{}: values: expected {} bytes for {} {}, found {}", file, bytes, stored->dtype, shape,
                            in.left());
  if (!header.is_fortran || shape.rank() < 2) return read_values(in, shape, *stored);
  Shape reversed;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) reversed.push_back(shape[axis]);
  return from_fortran(read_values(in, reversed, *stored), shape);
}

void write_npy(const Tensor& x, const std::string& file) {
  const auto known =
      std::find_if(std::begin(kDescrs), std::end(kDescrs), [&](const Descr& one) { return one.dtype == x.dtype(); });
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", known->text, x.shape());
  const std::size_t before = kMagic.size() + 2 + 2;
  text.resize((before + text.size() + 1 + kAlignment - 1) / kAlignment * kAlignment - before - 1, ' ');
  text += '\n';
  const auto length = static_cast<std::uint16_t>(text.size());
  detail::NewFile out(file);
  out.write(kMagic.data(), kMagic.size());
  out.write("\x01\x00", 2);
  out.write(&length, sizeof length);
  out.write(text.data(), text.size());
  out.write_tensor(x);
  out.finish();
}

}  // namespace retrograd::tools
