#include "onnx_reader.h"

#include <fmt/format.h>

#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <bit>
#include <cstring>

#include "../../scratch.h"

namespace retrograd::tests {

namespace {

std::uint64_t varint(std::string_view bytes, std::size_t& at) {
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    REQUIRE(at < bytes.size());
    REQUIRE(shift < 64);
    const auto byte = static_cast<std::uint8_t>(bytes[at++]);
    value |= std::uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) return value;
  }
}

Dtype dtype_of_element(std::int64_t type) {
  const std::map<std::int64_t, Dtype> known = {{1, float32}, {2, uint8}, {7, int64}, {9, boolean}, {11, float64}};
  return known.at(type);
}

Tensor constant_of(const ProtobufFields& message) {
  Shape shape;
  if (message.numbers.count(1))
    for (const std::uint64_t size : message.numbers.at(1)) shape.push_back(static_cast<std::int64_t>(size));
  Tensor x = Tensor::empty(shape, dtype_of_element(message.number(2)));
  const std::string& bytes = message.text(9);
  REQUIRE(bytes.size() == static_cast<std::size_t>(x.size()) * size_of(x.dtype()));
  std::memcpy(x.body().data, bytes.data(), bytes.size());
  return x;
}

std::string value_text(const ProtobufFields& value) {
  const ProtobufFields type = value.messages(2).at(0).messages(1).at(0);
  std::string sizes;
  for (const ProtobufFields& dimension : type.messages(2).at(0).messages(1))
    sizes += (sizes.empty() ? "" : ", ") +
             (dimension.numbers.count(1) ? std::to_string(dimension.number(1)) : dimension.text(2));
  return fmt::format("{} {} ({})\n", value.text(1), dtype_of_element(type.number(1)), sizes);
}

std::string attribute_text(const ProtobufFields& attribute) {
  switch (attribute.number(20)) {
    case 1:
      return fmt::format(" {}={}", attribute.text(1),
                         std::bit_cast<float>(static_cast<std::uint32_t>(attribute.number(2))));
    case 2:
      return fmt::format(" {}={}", attribute.text(1), attribute.number(3));
    default:
      REQUIRE(attribute.number(20) == 7);
      const std::vector<std::uint64_t>& bits = attribute.numbers.at(8);
      return fmt::format(" {}=[{}]", attribute.text(1),
                         fmt::join(std::vector<std::int64_t>(bits.begin(), bits.end()), ", "));
  }
}

}  // namespace

ProtobufFields::ProtobufFields(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::uint64_t tag = varint(bytes, at);
    const int field = static_cast<int>(tag >> 3);
    if ((tag & 7) == 0) {
      numbers[field].push_back(varint(bytes, at));
    } else if ((tag & 7) == 5) {
      REQUIRE(at + 4 <= bytes.size());
      std::uint32_t bits = 0;
      std::memcpy(&bits, bytes.data() + at, 4);
      numbers[field].push_back(bits);
      at += 4;
    } else {
      REQUIRE((tag & 7) == 2);
      const std::uint64_t size = varint(bytes, at);
      REQUIRE(size <= bytes.size() - at);
      texts[field].emplace_back(bytes.substr(at, size));
      at += size;
    }
  }
}

std::vector<ProtobufFields> ProtobufFields::messages(int field) const {
  std::vector<ProtobufFields> all;
  if (texts.count(field))
    for (const std::string& bytes : texts.at(field)) all.emplace_back(bytes);
  return all;
}

OnnxFile::OnnxFile(const std::filesystem::path& path) {
  const std::string bytes = read_file(path);
  const ProtobufFields model(bytes), graph = model.messages(7).at(0), opset = model.messages(8).at(0);
  text = fmt::format("ir {}, opset {}{}, graph {}\n", model.number(1), opset.text(1), opset.number(2), graph.text(2));
  for (const ProtobufFields& input : graph.messages(11)) text += "input " + value_text(input);
  for (const ProtobufFields& node : graph.messages(1)) {
    text += fmt::format("{} = {}({})", node.text(2), node.text(4), fmt::join(node.texts.at(1), ", "));
    for (const ProtobufFields& attribute : node.messages(5)) text += attribute_text(attribute);
    text += '\n';
  }
  for (const ProtobufFields& output : graph.messages(12)) text += "output " + value_text(output);
  for (const ProtobufFields& constant : graph.messages(5)) {
    names.push_back(constant.text(8));
    CHECK(constants.emplace(constant.text(8), constant_of(constant)).second);
  }
}

}  // namespace retrograd::tests
