#include "protobuf.h"

#include <bit>

namespace retrograd::detail {

namespace {
enum WireType { kVarint = 0, kLengthDelimited = 2, kFixed32 = 5 };
std::uint64_t tag(int field, WireType type) { return static_cast<std::uint64_t>(field) << 3 | type; }
}  // namespace

void ProtobufMessage::varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) text_ += static_cast<char>(value | 0x80);
  text_ += static_cast<char>(value);
}

void ProtobufMessage::number(int field, std::int64_t value) {
  varint(tag(field, kVarint));
  varint(static_cast<std::uint64_t>(value));
}

void ProtobufMessage::real(int field, float value) {
  varint(tag(field, kFixed32));
  const auto bits = std::bit_cast<std::uint32_t>(value);
  for (const int shift : {0, 8, 16, 24}) text_ += static_cast<char>(bits >> shift & 0xFF);
}

void ProtobufMessage::bytes(int field, std::string_view value) {
  varint(tag(field, kLengthDelimited));
  varint(value.size());
  text_ += value;
}

}  // namespace retrograd::detail
