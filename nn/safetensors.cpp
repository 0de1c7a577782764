#include "safetensors.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "../core/error.h"
#include "../core/file.h"
#include "../core/format.h"
#include "safetensors_header.h"

namespace retrograd::nn {

namespace {

using detail::HeaderEntry;
using detail::SafetensorsHeader;
using detail::shown;

constexpr std::uint64_t kLargestHeader = 100'000'000;

// A dtype of the format and what becomes of it; the first of a kind is how we write ours.
struct StoredDtype {
  const char* name;
  Dtype dtype;
  std::uint64_t bytes;
};
constexpr StoredDtype kStored[] = {{"F32", float32, 4}, {"F64", float64, 8}, {"I64", int64, 8},   {"BOOL", boolean, 1},
                                   {"U8", uint8, 1},    {"F16", float32, 2}, {"BF16", float32, 2}};

float from_half(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000u) << 16, exponent = half >> 10 & 0x1Fu, fraction = half & 0x3FFu;
  if (exponent == 0) return std::copysign(static_cast<float>(fraction) * 0x1p-24f, std::bit_cast<float>(sign));
  return std::bit_cast<float>(sign | (exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13);
}
float from_bfloat(std::uint16_t upper) { return std::bit_cast<float>(std::uint32_t{upper} << 16); }

// One tensor of a header that has been understood.
struct Placed {
  const HeaderEntry* entry;
  const StoredDtype* stored;
  Shape shape;
  std::string where;
};

Placed placed(const std::string& file, const HeaderEntry& entry) {
  const std::string where = fmt::format("{}: tensor {}", file, shown(entry.name));
  const auto stored = std::find_if(std::begin(kStored), std::end(kStored),
                                   [&](const StoredDtype& one) { return entry.dtype == one.name; });
  if (stored == std::end(kStored))
    fail<FileError>("{}: expected dtype F32, F64, I64, BOOL, U8, F16 or BF16, found {}", where, shown(entry.dtype));
  std::uint64_t bytes = 0;
  const Shape shape = detail::checked_shape(entry.shape, stored->bytes, where, bytes);
  const std::uint64_t begin = entry.data_offsets[0], end = entry.data_offsets[1];
  if (end < begin || end - begin != bytes)
    fail<FileError>("{}: expected data_offsets {} bytes apart for {} {}, found [{}, {}]", where, bytes, entry.dtype,
                    shape, begin, end);
  return {&entry, stored, shape, where};
}

// All tensors of a header in the order of their bytes, which must fill what follows it.
std::vector<Placed> in_order(const std::string& file, const SafetensorsHeader& header, std::uint64_t bytes_there) {
  std::vector<Placed> all;
  for (const HeaderEntry& entry : header.entries) all.push_back(placed(file, entry));
  std::stable_sort(all.begin(), all.end(),
                   [](const Placed& a, const Placed& b) { return a.entry->data_offsets < b.entry->data_offsets; });
  std::uint64_t at = 0;
  for (const Placed& one : all) {
    if (one.entry->data_offsets[0] != at)
      fail<FileError>("{}: expected its bytes to begin at {}, the end of those before, found {}", one.where, at,
                      one.entry->data_offsets[0]);
    at = one.entry->data_offsets[1];
  }
  if (at != bytes_there) fail<FileError>("{}: expected {} bytes of values, found {}", file, at, bytes_there);
  return all;
}

Tensor read_halves(detail::InputFile& in, const Placed& one) {
  std::vector<std::uint16_t> halves(static_cast<std::size_t>(one.shape.size()));
  in.read(halves.data(), halves.size() * sizeof(std::uint16_t));
  Tensor x = Tensor::empty(one.shape);
  std::transform(halves.begin(), halves.end(), detail::values<float>(x),
                 one.entry->dtype == "F16" ? from_half : from_bfloat);
  return x;
}

}  // namespace

void write_safetensors(std::span<const Parameter> tensors, const std::string& file, const Metadata& metadata) {
  SafetensorsHeader header{{}, metadata};
  std::uint64_t at = 0;
  for (const Parameter& one : tensors) {
    const Shape& shape = one.tensor.shape();
    const std::uint64_t bytes = static_cast<std::uint64_t>(one.tensor.size()) * size_of(one.tensor.dtype());
    const auto stored = std::find_if(std::begin(kStored), std::end(kStored),
                                     [&](const StoredDtype& each) { return each.dtype == one.tensor.dtype(); });
    header.entries.push_back({one.name, stored->name, {shape.begin(), shape.end()}, {at, at + bytes}});
    at += bytes;
  }
  std::string text = detail::header_text(header);
  try {
    in_order(file, detail::parse_header(file, text), at);
  } catch (const FileError& error) {  // what could not be read again is not written
    fail("write_safetensors: {}", error.what());
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');  // the reference writer aligns the bytes that follow
  const std::uint64_t length = text.size();
  if (length > kLargestHeader)
    fail("write_safetensors: {}: expected names for a header of at most {} bytes, found {}", file, kLargestHeader,
         length);
  detail::NewFile out(file);
  out.write(&length, sizeof length);
  out.write(text.data(), text.size());
  for (const Parameter& one : tensors) out.write_tensor(one.tensor);
  out.finish();
}

Safetensors read_safetensors(const std::string& file) {
  detail::InputFile in(file);
  std::uint64_t length = 0;
  in.read(&length, sizeof length);
  if (length > kLargestHeader)
    fail<FileError>("{}: expected a header of at most {} bytes, found {}", file, kLargestHeader, length);
  if (length > in.left())
    fail<FileError>("{}: expected a header of {} bytes as its length says, found {}", file, length, in.left());
  std::string text(length, ' ');
  in.read(text.data(), length);
  if (!text.starts_with('{')) fail<FileError>("{}: expected a header that starts with '{{', found another", file);
  SafetensorsHeader header = detail::parse_header(file, text);
  Safetensors out;
  for (const Placed& one : in_order(file, header, in.left())) {
    const bool is_half = one.stored->bytes < size_of(one.stored->dtype);
    out.tensors.push_back(
        {one.entry->name, is_half ? read_halves(in, one)
                                  : in.read_tensor(one.shape, one.stored->dtype, "tensor " + shown(one.entry->name))});
  }
  out.metadata = std::move(header.metadata);
  return out;
}

}  // namespace retrograd::nn
