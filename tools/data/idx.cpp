#include "idx.h"

#include <array>
#include <cstdint>
#include <string>

#include "../../core/base/error.h"
#include "../../core/tensor/file_kind.h"
#include "gzip_file.h"

namespace retrograd::tools {

namespace {

constexpr int kUnsignedByte = 0x08;

std::int64_t big_endian(const std::uint8_t* word) {
  return std::int64_t{word[0]} << 24 | std::int64_t{word[1]} << 16 | std::int64_t{word[2]} << 8 | std::int64_t{word[3]};
}

constexpr const char* kFormat = "an idx file";

void read_header(GzipFile& file, std::uint8_t* into, std::int64_t from, std::int64_t to) {
  const std::int64_t got = file.read(into, to - from);
  if (got == 0 && from == 0) detail::refuse_known_kind(file.name(), kFormat, "");
  if (got < to - from) detail::fail<FileError>("{}: header: expected {} bytes, found {}", file.name(), to, from + got);
}

}  // namespace

Tensor read_idx(const std::string& path, int rank) {
  GzipFile file(path);
  const std::string& name = file.name();

  std::array<std::uint8_t, 4> magic{};
  read_header(file, magic.data(), 0, 4);
  if (magic[0] != 0 || magic[1] != 0) {
    detail::refuse_known_kind(name, kFormat, file.head());
    detail::fail<FileError>("{}: magic number: expected two zero bytes, found {:02x} {:02x}", name, magic[0], magic[1]);
  }
  if (magic[2] != kUnsignedByte)
    detail::fail<FileError>("{}: type code: expected {:#04x} (unsigned byte), found {:#04x}", name, kUnsignedByte,
                            magic[2]);
  if (magic[3] != rank) detail::fail<FileError>("{}: rank: expected {}, found {}", name, rank, magic[3]);

  if (rank > kMaxRank) detail::fail<FileError>("{}: rank: expected at most {} axes, found {}", name, kMaxRank, rank);

  std::array<std::uint8_t, 4 * kMaxRank> sizes{};
  const std::int64_t header = 4 + 4 * std::int64_t{rank};
  read_header(file, sizes.data(), 4, header);
  Shape shape;
  std::int64_t values = 1;
  for (int axis = 0; axis < rank; ++axis) {
    shape.push_back(big_endian(sizes.data() + 4 * axis));
    if (__builtin_mul_overflow(values, shape[axis], &values))
      detail::fail<FileError>("{}: sizes: expected a product below 2^63, exceeded at axis {}", name, axis);
  }
  if (values > file.most() - header)
    detail::fail<FileError>("{}: values: expected {} bytes according to the header, found at most {}", name, values,
                            file.most() - header);

  Tensor tensor = Tensor::empty(shape, uint8);
  const std::int64_t got = file.read(detail::values<std::uint8_t>(tensor), values);
  if (got < values)
    detail::fail<FileError>("{}: values: expected {} bytes according to the header, found {}", name, values, got);
  std::uint8_t beyond = 0;
  if (file.read(&beyond, 1) != 0)
    detail::fail<FileError>("{}: expected the end of the file after {} bytes, found more", name, header + values);
  return tensor;
}

}  // namespace retrograd::tools
