// Parses an ONNX file from its bytes: a reader of protocol buffers that shares no code with the writer, and the model
// as text.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "../../../core/tensor/tensor.h"

namespace retrograd::tests {

/// The fields of one message, by number and in order.
struct ProtobufFields {
  explicit ProtobufFields(std::string_view bytes);
  std::map<int, std::vector<std::uint64_t>> numbers;  // varints, and the bits of floats
  std::map<int, std::vector<std::string>> texts;

  std::int64_t number(int field) const { return static_cast<std::int64_t>(numbers.at(field).at(0)); }
  const std::string& text(int field) const { return texts.at(field).at(0); }
  std::vector<ProtobufFields> messages(int field) const;
};

struct OnnxFile {
  explicit OnnxFile(const std::filesystem::path& path);
  /// "ir 8, opset 13, graph g", "input x float32 (N, 3)", and a line for each node: "y = Gemm(x, w, b) transB=1".
  std::string text;
  /// The constants by name.
  std::map<std::string, Tensor> constants;
  /// Their names in order.
  std::vector<std::string> names;
};

}  // namespace retrograd::tests
