#include <doctest/doctest.h>
#include <retrograd/retrograd.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "../tools/scratch.h"

namespace retrograd::tests {

namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write_bytes(const fs::path& file, const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; }

// A file with this JSON header and this many bytes of data.
std::string with_header(const std::string& header, std::size_t data) {
  std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + std::string(data, '\0');
}

struct Model {
  Tensor a = tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}});
  Tensor b = tensor({7.0, 8.0}, float64);
  Tensor c = tensor({9, 10, 11});
  static void fields(auto& self, auto&& visit) {
    visit("a", self.a);
    visit("b", self.b);
    visit("c", self.c);
  }
};

std::string refusal(const fs::path& file) {
  try {
    nn::read_safetensors(file);
  } catch (const FileError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace

TEST_CASE("what was saved is loaded, bit for bit") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "model.safetensors";
  Model model;
  nn::save(model, file);
  Model other;
  other.a = zeros({2, 3});
  other.b = zeros({2}, float64);
  other.c = zeros({3}, int64);
  nn::load(other, file);
  CHECK(other.a.to_vector<float>() == model.a.to_vector<float>());
  CHECK(other.b.to_vector<double>() == model.b.to_vector<double>());
  CHECK(other.c.to_vector<std::int64_t>() == model.c.to_vector<std::int64_t>());
  CHECK(std::distance(fs::directory_iterator(scratch.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("the format is safetensors: a length, a JSON header, the bytes in order") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "model.safetensors";
  nn::save(Model{}, file);
  const std::string bytes = bytes_of(file);
  CHECK(bytes.size() % 8 == (24 + 16 + 24) % 8);
  CHECK(bytes.substr(8).starts_with(
      R"({"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F64","shape":[2],"data_offsets":[24,40]},)"));
}

TEST_CASE("a file cut short anywhere is refused") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "model.safetensors", cut = scratch.path() / "cut.safetensors";
  nn::save(Model{}, file);
  const std::string bytes = bytes_of(file);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    write_bytes(cut, bytes.substr(0, length));
    REQUIRE(refusal(cut).find("cut.safetensors: ") != std::string::npos);
  }
  write_bytes(cut, bytes + "x");
  CHECK(refusal(cut).find("the tensors take 64 bytes, the file has 65 after the header") != std::string::npos);
}

TEST_CASE("a header with any byte changed never crashes, and a refused file leaves the model as it was") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "model.safetensors", bad = scratch.path() / "bad.safetensors";
  nn::save(Model{}, file);
  const std::string bytes = bytes_of(file);
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data(), 8);
  for (std::size_t at = 0; at < 8 + header; ++at)
    for (int flip : {0x01, 0x20, 0x80}) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      write_bytes(bad, changed);
      Model model;
      model.a += 100;
      const auto before = model.a.to_vector<float>();
      try {
        nn::load(model, bad);
        // Only a change in what JSON ignores may pass.
        REQUIRE((bytes[at] == ' ' || model.c.to_vector<int>() == std::vector<int>{9, 10, 11}));
      } catch (const FileError&) {
        REQUIRE(model.a.to_vector<float>() == before);
      }
    }
}

TEST_CASE("headers that lie are refused with what is wrong") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "x.safetensors";
  const auto says = [&](const std::string& header, std::size_t data, const std::string& message) {
    write_bytes(file, with_header(header, data));
    const std::string found = refusal(file);
    CHECK_MESSAGE(found.find(message) != std::string::npos, found);
  };
  says(
      R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
      12, "tensor b: its bytes must begin at 8");
  says(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})", 12,
       "tensor a: its bytes must begin at 0, the end of those before, found 4");
  says(
      R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})",
      16, "the name a stands twice");
  says(R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}})", 0,
       "the product of its shape overflows");
  says(R"({"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,0]}})", 0, "whole numbers below 2^62");
  says(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,0]}})", 0, "whole numbers below 2^62");
  says(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8, "its shape takes 12 bytes, data_offsets hold 8");
  says(R"({"a":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}})", 8,
       "dtype must be F32, F64, I64, BOOL or U8, found F16");
  says(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", 8, "data_offsets must be [begin, end]");
  says(R"({"a":{"dtype":"F32","shape":[2]}})", 8, "expected dtype, shape and data_offsets");
  says(R"({"a":{"dtype":"BOOL","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}})", 1, "at most 8 axes, found 9");
  says(R"({"__metadata__":5})", 0, "__metadata__ must map names to strings");
  says(R"([1])", 0, "the header must start with '{'");
  says(R"({"a")", 0, "the header is not JSON");
  write_bytes(file, std::string(8, '\xff'));
  CHECK(refusal(file).find("a header of at most 100000000 bytes expected") != std::string::npos);
  std::string boolean_two = with_header(R"({"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}})", 1);
  boolean_two.back() = 2;
  write_bytes(file, boolean_two);
  CHECK(refusal(file).find("a BOOL must be 0 or 1, found 2") != std::string::npos);
  CHECK(refusal(scratch.path() / "absent").find("can't open: No such file") != std::string::npos);
}

TEST_CASE("names, shapes and dtypes must be the model's, and it stays unchanged otherwise") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "model.safetensors";
  Model model;
  const auto refuses = [&](std::vector<Parameter> tensors, const std::string& message) {
    nn::write_safetensors(tensors, file);
    CHECK_THROWS_WITH_AS(nn::load(model, file), doctest::Contains(message.c_str()), FileError);
    CHECK(model.a.to_vector<int>() == std::vector<int>{1, 2, 3, 4, 5, 6});
  };
  refuses({{"a", zeros({2, 3})}, {"b", zeros({2}, float64)}}, "the model's parameter c is missing");
  refuses({{"a", zeros({2, 3})}, {"b", zeros({2}, float64)}, {"c", zeros({3}, int64)}, {"d", zeros({1})}},
          "tensor d is not a parameter of the model");
  refuses({{"a", zeros({3, 2})}, {"b", zeros({2}, float64)}, {"c", zeros({3}, int64)}},
          "tensor a: the model expects float32 (2, 3), found float32 (3, 2)");
  refuses({{"a", zeros({2, 3})}, {"b", zeros({2})}, {"c", zeros({3}, int64)}},
          "tensor b: the model expects float64 (2,), found float32 (2,)");
}

TEST_CASE("a model that an open tape tracks is not loaded into") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "model.safetensors";
  Rng rng(1);
  nn::Linear layer{2, 2, rng};
  nn::save(layer, file);
  Tape tape;
  tape.watch(layer);
  CHECK_THROWS_AS(nn::load(layer, file), TapeError);
}

TEST_CASE("a file that can't be written leaves the old one as it was") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "model.safetensors";
  nn::save(Model{}, file);
  const std::string before = bytes_of(file);
  CHECK_THROWS_WITH_AS(nn::save(Model{}, scratch.path() / "no" / "folder"),
                       doctest::Contains("can't create: No such file"), FileError);
  CHECK_THROWS_AS(nn::save(Model{}, "/dev/full/x"), FileError);
  CHECK(bytes_of(file) == before);
}

TEST_CASE("two tensors of one name are not written") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "x.safetensors";
  CHECK_THROWS_WITH_AS(nn::write_safetensors(std::vector<Parameter>{{"a", ones({1})}, {"a", ones({1})}}, file),
                       doctest::Contains("the name a"), Error);
  CHECK(!fs::exists(file));
}

}  // namespace retrograd::tests
