// Writes messages in the wire format of protocol buffers (proto2), field by field, as far as ONNX files need it. Does
// not depend on a schema. Not a public header.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace retrograd::detail {

class ProtobufMessage {
 public:
  /// An integer: int64, int32, an enum.
  void number(int field, std::int64_t value);
  /// A float.
  void real(int field, float value);
  /// Bytes, text, or a nested message.
  void bytes(int field, std::string_view value);
  void message(int field, const ProtobufMessage& value) { bytes(field, value.text_); }
  /// The message so far.
  const std::string& text() const { return text_; }

 private:
  void varint(std::uint64_t value);
  std::string text_;
};

}  // namespace retrograd::detail
