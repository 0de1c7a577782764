// SHA-256 (FIPS 180-4), to verify the files of data sets. Not a public header.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace retrograd::detail {

/// A checksum of bytes that are added piecewise.
class Sha256 {
 public:
  /// Adds bytes.
  void add(const void* data, std::size_t bytes);
  /// The checksum of all bytes so far, as 64 hexadecimal digits.
  std::string hex() const;

 private:
  void mix(const std::uint8_t* block);
  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> waiting_{};  // bytes that do not fill a block yet
  std::uint64_t bytes_ = 0;
};

}  // namespace retrograd::detail
