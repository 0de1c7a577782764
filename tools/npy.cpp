#include "npy.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "../core/error.h"
#include "../core/file.h"
#include "../core/format.h"

namespace retrograd::tools {

namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;            // of the values in the file
constexpr std::uint64_t kLargestHeader = 65'535;  // what version 1.0 can say; ours never need more

struct Descr {
  std::string_view text;
  Dtype dtype;
};
constexpr Descr kDescrs[] = {{"<f4", float32}, {"<f8", float64}, {"<i8", int64}, {"|u1", uint8}, {"|b1", boolean}};

// The header's dict, read from left to right: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
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
        descr = quoted();
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
    fail<FileError>("{}: header: expected {} at byte {}, found \"{}\"", file_, expected, at_,
                    detail::shown(text_.substr(std::min(at_, text_.size())), 20));
  }
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
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
    return value;
  }
  std::vector<std::uint64_t> tuple() {
    std::vector<std::uint64_t> sizes;
    expect('(');
    while (!accept(')')) {
      sizes.push_back(number());
      if (accept(')')) {
        if (sizes.size() == 1) refuse("a comma after the only size");  // (3) is a number to Python
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

}  // namespace

Tensor read_npy(const std::string& file) {
  detail::InputFile in(file);
  char start[8];
  in.read(start, sizeof start);
  if (std::string_view(start, kMagic.size()) != kMagic)
    fail<FileError>("{}: magic number: expected that of NumPy, \"\\x93NUMPY\", found another", file);
  const int major = static_cast<unsigned char>(start[6]), minor = static_cast<unsigned char>(start[7]);
  if (major < 1 || major > 3 || minor != 0)
    fail<FileError>("{}: version: expected 1.0, 2.0 or 3.0, found {}.{}", file, major, minor);
  std::uint32_t length = 0;
  in.read(&length, major == 1 ? 2 : 4);
  if (length > kLargestHeader || length > in.left())
    fail<FileError>("{}: header: expected at most {} bytes, found a length of {}", file,
                    std::min(kLargestHeader, in.left()), length);
  std::string text(length, ' ');
  in.read(text.data(), length);

  const Header header(file, text);
  const auto known =
      std::find_if(std::begin(kDescrs), std::end(kDescrs), [&](const Descr& one) { return one.text == header.descr; });
  if (known == std::end(kDescrs))
    fail<FileError>("{}: descr: expected one of <f4, <f8, <i8, |u1, |b1, found {}", file,
                    detail::shown(header.descr, 20));
  std::uint64_t bytes = 0;
  Shape shape = detail::checked_shape(header.shape, size_of(known->dtype), file + ": shape", bytes);
  if (in.left() != bytes)
    fail<FileError>("{}: values: expected {} bytes for {} {}, found {}", file, bytes, known->dtype, shape, in.left());
  if (!header.is_fortran || shape.rank() < 2) return in.read_tensor(shape, known->dtype, "values");
  Shape reversed;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) reversed.push_back(shape[axis]);
  return from_fortran(in.read_tensor(reversed, known->dtype, "values"), shape);
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
