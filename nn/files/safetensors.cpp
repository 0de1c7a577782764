#include "safetensors.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <optional>
#include <tuple>

#include "../../core/base/error.h"
#include "../../core/base/text.h"
#include "../../core/tensor/file.h"
#include "../../core/tensor/file_kind.h"
#include "../../core/tensor/format.h"
#include "safetensors_header.h"

namespace retrograd::nn {

namespace {

using detail::SafetensorsHeader;
using detail::shown;

constexpr std::uint64_t kLargestHeader = 100'000'000;

// A dtype of the format and the dtype it is read as; the first entry of each of our dtypes is the one that is written.
struct StoredDtype {
  const char* name;
  std::uint64_t bits;
  std::optional<Dtype> dtype;  // empty: not supported
};
constexpr StoredDtype kStored[] = {
    {"F32", 32, float32}, {"F64", 64, float64},  {"I64", 64, int64},     {"BOOL", 8, boolean},   {"U8", 8, uint8},
    {"F16", 16, float32}, {"BF16", 16, float32}, {"I8", 8, {}},          {"I16", 16, {}},        {"I32", 32, {}},
    {"U16", 16, {}},      {"U32", 32, {}},       {"U64", 64, {}},        {"C64", 64, {}},        {"F8_E4M3", 8, {}},
    {"F8_E5M2", 8, {}},   {"F8_E8M0", 8, {}},    {"F8_E4M3FNUZ", 8, {}}, {"F8_E5M2FNUZ", 8, {}}, {"F6_E2M3", 6, {}},
    {"F6_E3M2", 6, {}},   {"F4", 4, {}}};
constexpr StoredDtype kUnknown{"", 0, {}};  // of future versions of the format; the size is unknown

const StoredDtype& stored_of(std::string_view dtype) {
  const auto* stored =
      std::find_if(std::begin(kStored), std::end(kStored), [&](const StoredDtype& one) { return dtype == one.name; });
  return stored == std::end(kStored) ? kUnknown : *stored;
}

float from_half(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000u) << 16, exponent = half >> 10 & 0x1Fu, fraction = half & 0x3FFu;
  if (exponent == 0) return std::copysign(static_cast<float>(fraction) * 0x1p-24f, std::bit_cast<float>(sign));
  return std::bit_cast<float>(sign | (exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13);
}
float from_bfloat(std::uint16_t upper) { return std::bit_cast<float>(std::uint32_t{upper} << 16); }

std::string place(const std::string& file, std::string_view name) {
  return fmt::format("{}: tensor {}", file, shown(name));
}

// The shape of tensor i, checked against the number of its bytes.
Shape checked_shape(const std::string& file, const SafetensorsHeader& header, std::size_t i) {
  const auto where = [&] { return place(file, header.name(i)); };
  const std::uint64_t bits = stored_of(header.dtype(i)).bits, begin = header.begin(i), end = header.end(i);
  std::uint64_t bytes = 0;
  const Shape shape = detail::checked_shape(header.shape(i), std::max<std::uint64_t>(bits / 8, 1), where, bytes);
  if (bits % 8 != 0) {
    bytes = bytes / 8 * bits + (bytes % 8) * bits / 8;
    if (static_cast<std::uint64_t>(shape.size()) % 8 * bits % 8 != 0)
      detail::fail<FileError>("{}: expected a shape of whole bytes for {}, found {}", where(), header.dtype(i), shape);
  }
  if (end < begin || (bits != 0 && end - begin != bytes))
    detail::fail<FileError>("{}: expected data_offsets {} bytes apart for {} {}, found [{}, {}]", where(), bytes,
                            shown(header.dtype(i)), shape, begin, end);
  return shape;
}

// The tensors of a header in the order of their bytes, which must cover the rest of the file without gaps.
std::vector<std::uint32_t> in_order(const std::string& file, const SafetensorsHeader& header,
                                    std::uint64_t bytes_there) {
  std::vector<std::uint32_t> order(header.size());
  std::iota(order.begin(), order.end(), std::uint32_t{0});
  const auto is_read = [&](std::uint32_t i) { return stored_of(header.dtype(i)).dtype.has_value(); };
  if (!order.empty() && std::none_of(order.begin(), order.end(), is_read))
    detail::fail_unread(file, {std::string(header.name(0)), std::string(header.dtype(0))});
  for (const std::uint32_t i : order) checked_shape(file, header, i);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::tuple(header.begin(a), header.end(a), a) < std::tuple(header.begin(b), header.end(b), b);
  });
  std::uint64_t at = 0;
  for (const std::uint32_t i : order) {
    if (header.begin(i) != at)
      detail::fail<FileError>("{}: expected its bytes to begin at {}, the end of the previous tensor, found {}",
                              place(file, header.name(i)), at, header.begin(i));
    at = header.end(i);
  }
  if (at != bytes_there) detail::fail<FileError>("{}: expected {} bytes of values, found {}", file, at, bytes_there);
  return order;
}

Tensor read_halves(detail::InputFile& in, const Shape& shape, bool is_half) {
  std::vector<std::uint16_t> halves(static_cast<std::size_t>(shape.size()));
  in.read(halves.data(), halves.size() * sizeof(std::uint16_t));
  Tensor x = Tensor::empty(shape, float32);
  std::transform(halves.begin(), halves.end(), detail::values<float>(x), is_half ? from_half : from_bfloat);
  return x;
}

// The parsed header. If the file is of another known format, the error says which.
SafetensorsHeader read_header(detail::InputFile& in) {
  constexpr const char* kFormat = "a safetensors file";
  std::uint64_t length = 0;
  if (in.left() < sizeof length) detail::refuse_known_kind(in.name(), kFormat, in.head());
  in.read(&length, sizeof length);
  if (length > kLargestHeader || length > in.left()) detail::refuse_known_kind(in.name(), kFormat, in.head());
  if (length > kLargestHeader)
    detail::fail<FileError>("{}: expected a header of at most {} bytes, found {}", in.name(), kLargestHeader, length);
  if (length > in.left())
    detail::fail<FileError>("{}: expected a header of {} bytes, found {}", in.name(), length, in.left());
  std::string text(length, ' ');
  in.read(text.data(), length);
  if (!text.starts_with('{')) {
    detail::refuse_known_kind(in.name(), kFormat, in.head());
    detail::fail<FileError>("{}: expected a header that starts with '{{', found a different character", in.name());
  }
  return detail::parse_header(in.name(), text);
}

}  // namespace

void write_safetensors(std::span<const Parameter> tensors, const std::string& file, const Metadata& metadata) {
  const std::string name = detail::shown_path(file);
  SafetensorsHeader header;
  header.metadata = metadata;
  std::uint64_t at = 0;
  for (const Parameter& one : tensors) {
    const Shape& shape = one.tensor.shape();
    const std::uint64_t bytes = static_cast<std::uint64_t>(one.tensor.size()) * size_of(one.tensor.dtype());
    const auto* stored = std::find_if(std::begin(kStored), std::end(kStored),
                                      [&](const StoredDtype& each) { return each.dtype == one.tensor.dtype(); });
    const std::vector<std::uint64_t> sizes(shape.begin(), shape.end());
    header.add(one.name, stored->name, sizes, at, at + bytes);
    at += bytes;
  }
  std::string text = detail::header_text(header);
  try {
    in_order(name, detail::parse_header(name, text), at);
  } catch (const FileError& error) {  // it must be readable again
    detail::fail("write_safetensors: {}", error.what());
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');  // as the reference writer does, to align the bytes that follow
  const std::uint64_t length = text.size();
  if (length > kLargestHeader)
    detail::fail("write_safetensors: {}: expected names for a header of at most {} bytes, found {}", name,
                 kLargestHeader, length);
  detail::NewFile out(file);
  out.write(&length, sizeof length);
  out.write(text.data(), text.size());
  for (const Parameter& one : tensors) out.write_tensor(one.tensor);
  out.finish();
}

Safetensors read_safetensors(const std::string& file) {
  detail::InputFile in(file);
  SafetensorsHeader header = read_header(in);
  const std::vector<std::uint32_t> order = in_order(in.name(), header, in.left());
  Safetensors out;
  out.tensors.reserve(order.size());
  for (const std::uint32_t i : order) {
    const StoredDtype& stored = stored_of(header.dtype(i));
    std::string name(header.name(i));
    if (!stored.dtype) {
      in.skip(header.end(i) - header.begin(i));
      out.unread.push_back({std::move(name), std::string(header.dtype(i))});
      continue;
    }
    const Shape shape = checked_shape(in.name(), header, i);
    const bool is_half = stored.bits / 8 < size_of(*stored.dtype);
    Tensor x = is_half ? read_halves(in, shape, header.dtype(i) == "F16")
                       : in.read_tensor(shape, *stored.dtype, "tensor " + shown(name));
    out.tensors.push_back({std::move(name), std::move(x)});
  }
  out.metadata = std::move(header.metadata);
  return out;
}

}  // namespace retrograd::nn

void retrograd::detail::fail_unread(const std::string& where, const nn::UnreadTensor& tensor) {
  detail::fail<FileError>("{}: tensor {}: expected dtype F32, F64, I64, BOOL, U8, F16 or BF16, found {}", where,
                          shown(tensor.name), shown(tensor.dtype));
}
