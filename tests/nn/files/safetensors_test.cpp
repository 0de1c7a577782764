#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cmath>
#include <cstring>
#include <filesystem>

#include "../../tools/data/damage.h"

namespace retrograd::tests {

namespace {

namespace fs = std::filesystem;

std::vector<Parameter> one_of_each() {
  return {{"a", tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}})},
          {"b", tensor({7.0, 8.0}, float64)},
          {"c", tensor({9, 10, 11})},
          {"d", tensor({true, false, true})},
          {"e", tensor({0, 255, 3}, uint8)},
          {"f", tensor(0.5)},
          {"g", zeros({0, 4})}};
}

bool same(const Tensor& a, const Tensor& b) {
  return a.dtype() == b.dtype() && a.shape() == b.shape() &&
         std::memcmp(detail::packed(a).body().data, detail::packed(b).body().data,
                     static_cast<std::size_t>(a.size()) * size_of(a.dtype())) == 0;
}
bool same(const std::vector<Parameter>& a, const std::vector<Parameter>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Parameter& p, const Parameter& q) {
    return p.name == q.name && same(p.tensor, q.tensor);
  });
}

// A file with this header, and these bytes after it.
std::string with_header(const std::string& header, const std::string& values) {
  const std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + values;
}
std::string with_header(const std::string& header, std::size_t values) {
  return with_header(header, std::string(values, '\0'));
}

}  // namespace

TEST_CASE("tensors of every dtype, of rank 0 and of no elements are read as they were written") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "x.safetensors";
  nn::write_safetensors(one_of_each(), file);
  CHECK(same(nn::read_safetensors(file).tensors, one_of_each()));
  nn::write_safetensors({}, file);
  CHECK(nn::read_safetensors(file).tensors.empty());
  const Tensor turned = transpose(tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}));
  nn::write_safetensors(std::vector<Parameter>{{"t", turned}}, file);
  CHECK(same(nn::read_safetensors(file).tensors, {{"t", turned}}));
  CHECK(std::distance(fs::directory_iterator(scratch.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("the format is safetensors: a length, a JSON header, the bytes in order") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "x.safetensors";
  nn::write_safetensors(one_of_each(), file);
  const std::string bytes = read_file(file);
  CHECK(bytes.size() % 8 == (24 + 16 + 24 + 3 + 3 + 4) % 8);
  CHECK(bytes.substr(8).starts_with(
      R"({"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F64","shape":[2],"data_offsets":[24,40]},)"));
}

TEST_CASE("metadata and names of any text are read as they were written") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "x.safetensors";
  const nn::Metadata metadata = {{"format", "pt"}, {"a \"quoted\" \\ line\n\t\x01", "größe ∂"}, {"", ""}};
  const std::vector<Parameter> tensors = {{"größe \"∂\"\\\n", ones({2})}, {"", zeros({1})}};
  nn::write_safetensors(tensors, file, metadata);
  const nn::Safetensors found = nn::read_safetensors(file);
  CHECK(found.metadata == metadata);
  CHECK(same(found.tensors, tensors));
}

TEST_CASE("half precision becomes float32 exactly") {
  const ScratchFolder scratch;
  const auto read = [&](const char* dtype, const std::vector<std::uint16_t>& halves) {
    const std::string header = fmt::format(R"({{"x":{{"dtype":"{}","shape":[{}],"data_offsets":[0,{}]}}}})", dtype,
                                           halves.size(), 2 * halves.size());
    const std::string values(reinterpret_cast<const char*>(halves.data()), 2 * halves.size());
    const auto tensors = nn::read_safetensors(scratch.write("x", with_header(header, values))).tensors;
    CHECK(tensors[0].tensor.dtype() == float32);
    return tensors[0].tensor.to_vector<float>();
  };
  // NumPy 1.24.2: numpy.array(bits, 'u2').view('f2').astype('f4')
  CHECK(read("F16", {0x0001, 0x03ff, 0x0400, 0x3555, 0x3c00, 0xc500, 0x7bff, 0xfc00}) ==
        std::vector<float>{5.9604644775390625e-08f, 6.0975551605224609375e-05f, 6.103515625e-05f, 0.333251953125f, 1,
                           -5, 65504, -INFINITY});
  const std::vector<float> special = read("F16", {0x8000, 0x7e00});
  CHECK((special[0] == 0 && std::signbit(special[0]) && std::isnan(special[1])));
  CHECK(read("BF16", {0x3f80, 0xc0a0, 0x7f80, 0x0001}) == std::vector<float>{1, -5, INFINITY, 0x1p-133f});
}

TEST_CASE("a safetensors file cut short anywhere is refused, and so is one with bytes to spare") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "x.safetensors";
  nn::write_safetensors(one_of_each(), file);
  const std::string bytes = read_file(file);
  const auto refusal = [](const fs::path& path) { return file_error([&] { nn::read_safetensors(path); }); };
  each_cut(bytes, [&](const fs::path& cut) {
    REQUIRE(holds(refusal(cut), {cut.string() + ": expected ", ", found "}));
  });
  CHECK(holds(refusal(scratch.write("x", bytes + "x")), {"expected 74 bytes of values, found 75"}));
}

TEST_CASE("headers that lie are refused with what is wrong, expected and found") {
  const ScratchFolder scratch;
  const auto says = [&](const std::string& header, std::size_t values, const std::string& message) {
    const fs::path path = scratch.write("x", with_header(header, values));
    const std::string found = file_error([&] { nn::read_safetensors(path); });
    CHECK_MESSAGE(holds(found, {path.string() + ": ", message}), header << " is told: " << found);
  };
  const auto entry = [](const std::string& name, const std::string& shape, const std::string& offsets,
                        const std::string& dtype = "F32") {
    return fmt::format(R"("{}":{{"dtype":"{}","shape":{},"data_offsets":{}}})", name, dtype, shape, offsets);
  };
  const auto one = [&](const std::string& shape, const std::string& offsets, const std::string& dtype = "F32") {
    return "{" + entry("a", shape, offsets, dtype) + "}";
  };
  // Ranges.
  says("{" + entry("a", "[2]", "[0,8]") + "," + entry("b", "[2]", "[4,12]") + "}", 12,
       "tensor b: expected its bytes to begin at 8, the end of the previous tensor, found 4");
  says(one("[2]", "[4,12]"), 12, "tensor a: expected its bytes to begin at 0, the end of the previous tensor, found 4");
  says(one("[2]", "[0,8]"), 12, "expected 8 bytes of values, found 12");
  says(one("[2]", "[0,8]"), 4, "expected 8 bytes of values, found 4");
  says(one("[2]", "[8,0]"), 8, "tensor a: expected data_offsets 8 bytes apart for F32 (2,), found [8, 0]");
  says(one("[3]", "[0,8]"), 8, "tensor a: expected data_offsets 12 bytes apart for F32 (3,), found [0, 8]");
  says(one("[2]", "[0,8,8]"), 8,
       "tensor a: data_offsets: expected a list of two whole numbers from 0 to 2^63 - 1, found more");
  says(one("[2]", "[0]"), 8,
       "tensor a: data_offsets: expected a list of two whole numbers from 0 to 2^63 - 1, found 1");
  says(one("[2]", "[0,9223372036854775808]"), 8, "found 9223372036854775808");
  // Shapes.
  says(one("[4611686018427387904,4]", "[0,0]"), 0,
       "tensor a: expected a shape of less than 2^63 bytes, found (4611686018427387904, 4)");
  says(one("[0,4611686018427387904,4]", "[0,0]"), 0, "found (0, 4611686018427387904, 4)");
  says(one("[1152921504606846976]", "[0,4611686018427387904]"), 0,
       "expected 4611686018427387904 bytes of values, found 0");
  says(one("[18446744073709551616]", "[0,0]"), 0,
       "shape: expected a list of at most eight sizes from 0 to 2^63 - 1, found 18446744073709551616");
  says(one("[-1]", "[0,0]"), 0, "found -1");
  says(one("[1.5]", "[0,0]"), 0, "found 1.5");
  says(one("[1e0]", "[0,4]"), 4, "found 1e0");
  says(one("[[1]]", "[0,4]"), 4,
       "tensor a: shape: expected a list of at most eight sizes from 0 to 2^63 - 1, found a list");
  says(one("2", "[0,8]"), 8, "found 2");
  says(one("null", "[0,8]"), 8, "found null");
  says(one("[1,1,1,1,1,1,1,1,1]", "[0,4]"), 4, "sizes from 0 to 2^63 - 1, found more");
  // Dtypes.
  for (const char* dtype : {"I32", "F8_E4M3", "U64", "f32", ""})
    says(one("[4]", "[0,8]", dtype), 8,
         fmt::format("tensor a: expected dtype F32, F64, I64, BOOL, U8, F16 or BF16, found {}", dtype));
  says(R"({"a":{"dtype":5,"shape":[2],"data_offsets":[0,8]}})", 8, "tensor a: dtype: expected a string, found 5");
  const fs::path two = scratch.write("two", with_header(one("[2]", "[0,2]", "BOOL"), std::string("\1\2")));
  CHECK(holds(file_error([&] { nn::read_safetensors(two); }),
              {"two: tensor a: expected booleans of 0 or 1, found 2 at 1"}));
  // Names and keys.
  says("{" + entry("a", "[2]", "[0,8]") + "," + entry("a", "[2]", "[8,16]") + "}", 16,
       "the name a appears twice in the header");
  says(R"({"a":{"dtype":"F32","dtype":"F64","shape":[1],"data_offsets":[0,8]}})", 8,
       "the name dtype appears twice in the header");
  says(R"({"a":{"dtype":"F32","shape":[2]}})", 8,
       "tensor a: expected dtype, shape and data_offsets, found dtype, shape");
  says(R"({"a":{"dtype":"F32","shape":[2],"offsets":[0,8]}})", 8,
       "expected dtype, shape and data_offsets, found offsets");
  says(R"({"a":[]})", 0, "a: expected an object, found a list");
  says(R"({"__metadata__":5})", 0, "__metadata__: expected an object, found 5");
  says(R"({"__metadata__":{"k":true}})", 0, "__metadata__: expected a string for k, found true");
  says(R"({"__metadata__":{"k":{}}})", 0, "__metadata__: expected a string for k, found an object");
  says(R"({"__metadata__":{"k":"1","k":"2"}})", 0, "the name k appears twice in the header");
  // JSON.
  for (const char* text : {"[1]", " {}", "1", "", "\xEF\xBB\xBF{}"})
    says(text, 0, "expected a header that starts with '{'");
  for (const char* text : {"{\"a\"", "{}}", "{} {}", "{'a':1}", "{,}", "{\"\xff\":{}}", "{\"\xc3\":{}}",
                           "{\"\\ud800\":{}}", "{\"a\":NaN}", "{}//"})
    says(text, 0, "the header is not JSON in UTF-8");
  says(std::string("{}\0", 3), 0, "the header is not JSON in UTF-8");
}

TEST_CASE("of a file with dtypes that are not read the other tensors are, and the header is checked all the same") {
  const ScratchFolder scratch;
  struct Kind {
    const char* dtype;
    std::uint64_t bits;
  };
  const auto header = [](const char* dtype, std::uint64_t bytes) {
    return fmt::format(R"({{"a":{{"dtype":"F32","shape":[1],"data_offsets":[{0},{1}]}},)"
                       R"("odd":{{"dtype":"{2}","shape":[2,4],"data_offsets":[4,{0}]}},)"
                       R"("b":{{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}}})",
                       4 + bytes, 8 + bytes, dtype);
  };
  for (const auto& [dtype, bits] : std::vector<Kind>{{"I8", 8},
                                                     {"I16", 16},
                                                     {"I32", 32},
                                                     {"U16", 16},
                                                     {"U32", 32},
                                                     {"U64", 64},
                                                     {"C64", 64},
                                                     {"F8_E4M3", 8},
                                                     {"F8_E5M2", 8},
                                                     {"F8_E8M0", 8},
                                                     {"F8_E4M3FNUZ", 8},
                                                     {"F8_E5M2FNUZ", 8},
                                                     {"F6_E2M3", 6},
                                                     {"F6_E3M2", 6},
                                                     {"F4", 4},
                                                     {"F2_OF_TOMORROW", 2}}) {
    const std::string values = "abcd" + std::string(bits, 'x') + std::string("\0\0\x80\x3f", 4);
    const nn::Safetensors found = nn::read_safetensors(scratch.write("x", with_header(header(dtype, bits), values)));
    CHECK(same(found.tensors, {{"b", tensor({97, 98, 99, 100}, uint8)}, {"a", tensor({1.0f})}}));
    REQUIRE(found.unread.size() == 1);
    CHECK(found.unread[0].name == "odd");
    CHECK(found.unread[0].dtype == dtype);
    if (bits == 2) continue;  // of a dtype that nobody knows any size may be right
    const fs::path wrong = scratch.write("wrong", with_header(header(dtype, bits + 1), values + "y"));
    CHECK(holds(file_error([&] { nn::read_safetensors(wrong); }),
                {fmt::format("tensor odd: expected data_offsets {} bytes apart for {} (2, 4)", bits, dtype)}));
  }
  const fs::path part = scratch.write("part", with_header(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                                                          R"("h":{"dtype":"F4","shape":[3],"data_offsets":[1,2]}})",
                                                          2));
  CHECK(holds(file_error([&] { nn::read_safetensors(part); }),
              {"tensor h: expected a shape of whole bytes for F4, found (3,)"}));
}

TEST_CASE("headers that are large or deep are refused at once") {
  const ScratchFolder scratch;
  const auto refusal = [&](const fs::path& path) { return file_error([&] { nn::read_safetensors(path); }); };
  CHECK(holds(refusal(scratch.write("x", std::string(8, '\xff'))),
              {"expected a header of at most 100000000 bytes, found 18446744073709551615"}));
  const std::uint64_t length = 100'000'001;
  const fs::path large = scratch.write("large", std::string(reinterpret_cast<const char*>(&length), 8));
  fs::resize_file(large, 200'000'000);  // holds no blocks
  CHECK(holds(refusal(large), {"expected a header of at most 100000000 bytes, found 100000001"}));
  CHECK(holds(refusal(scratch.write("x", with_header("{", 0).replace(0, 1, "\5"))),
              {"expected a header of 5 bytes, found 1"}));
  for (const std::string& opening :
       {std::string(1'000'000, '['), std::string("[1,").append(std::string(1'000'000, ' '))})
    CHECK(holds(refusal(scratch.write("x", with_header("{\"a\":{\"shape\":" + opening, 0))), {": "}));
  std::string objects = "{";
  for (int depth = 0; depth < 100'000; ++depth) objects += "\"a\":{";
  CHECK(
      holds(refusal(scratch.write("x", with_header(objects, 0))), {"expected dtype, shape and data_offsets, found a"}));
  const std::string message =
      refusal(scratch.write("x", with_header("{\"" + std::string(1'000'000, 'n') + "\":1}", 0)));
  CHECK((holds(message, {"nnn…: expected an object, found 1"}) && message.size() < 1000));
}

TEST_CASE("what is no readable file is refused") {
  const ScratchFolder scratch;
  const auto refusal = [](const fs::path& path) { return file_error([&] { nn::read_safetensors(path); }); };
  CHECK(holds(refusal(scratch.path() / "absent"), {"absent: cannot open: No such file"}));
  CHECK(holds(refusal(scratch.path()), {"expected a file, found a directory"}));
  CHECK(holds(refusal("/dev/zero"), {"/dev/zero: expected a file, found something else"}));
  CHECK(holds(refusal(scratch.write("empty", "")), {"expected a safetensors file, found an empty file"}));
}

TEST_CASE("what could not be read again is not written") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "x.safetensors";
  const auto refuses = [&](const std::vector<Parameter>& tensors, const nn::Metadata& metadata, const char* message) {
    CHECK_THROWS_WITH_AS(nn::write_safetensors(tensors, file, metadata), doctest::Contains(message), Error);
    CHECK(!fs::exists(file));
  };
  refuses({{"a", ones({1})}, {"a", ones({1})}}, {}, "the name a appears twice in the header");
  refuses({{"__metadata__", ones({1})}}, {}, "__metadata__: expected a string for shape");
  refuses({{"\xff", ones({1})}}, {}, "not JSON in UTF-8");
  refuses({{"a", ones({1})}}, {{"k", "\xc3"}}, "not JSON in UTF-8");
  refuses({{"a", Tensor()}}, {}, "this handle is empty");
}

}  // namespace retrograd::tests
