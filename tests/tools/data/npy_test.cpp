#include "../../../tools/data/npy.h"

#include <doctest/doctest.h>
#include <retrograd/retrograd.h>

#include <cstring>
#include <limits>

#include "damage.h"

namespace retrograd::tests {

namespace {

namespace fs = std::filesystem;
using tools::read_npy;
using tools::write_npy;

// A file with this header text, as `version` counts its length.
std::string npy(const std::string& header, const std::string& values, int version = 1) {
  const auto length = static_cast<std::uint32_t>(header.size());
  return std::string("\x93NUMPY") + static_cast<char>(version) + '\0' +
         std::string(reinterpret_cast<const char*>(&length), version == 1 ? 2 : 4) + header + values;
}

std::string header(const std::string& descr, const std::string& shape, const char* fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

// What reading this file fails with, after its name.
std::string refusal(const fs::path& path) {
  const std::string message = file_error([&] { read_npy(path); });
  if (!message.empty()) CHECK(message.starts_with(path.string() + ": "));
  return message.empty() ? "" : message.substr(path.string().size() + 2);
}
std::string refusal_of(const std::string& bytes) {
  const ScratchFolder scratch;
  return refusal(scratch.write("x.npy", bytes));
}

}  // namespace

TEST_CASE("an npy file holds what was written, of every dtype, rank and size") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "x.npy";
  const Tensor matrix = tensor({{1.5, -2.0, 3e38}, {1e-45, 0.0, -0.5}});
  for (const Tensor& x : {matrix, transpose(matrix), tensor({0.1, 1e308}, float64),
                          tensor({std::numeric_limits<std::int64_t>::min(), std::int64_t{3}}), tensor({true, false}),
                          tensor({0, 255}, uint8), tensor(2.5), zeros({0, 3}), zeros({3, 0}, int64),
                          zeros({1, 1, 1, 1, 1, 1, 1, 1}, uint8)}) {
    write_npy(x, file);
    const Tensor y = read_npy(file);
    CHECK(y.dtype() == x.dtype());
    CHECK(y.shape() == x.shape());
    CHECK(y.to_vector<double>() == x.to_vector<double>());
    CHECK(y.to_vector<std::int64_t>() == x.to_vector<std::int64_t>());
  }
}

TEST_CASE("an npy file is written as NumPy writes it") {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "x.npy";
  write_npy(tensor({1.0, 2.0}), file);
  // NumPy 1.24.2: numpy.save(file, numpy.array([1, 2], 'f4'))
  const std::string dict = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
  CHECK(read_file(file) == std::string("\x93NUMPY\x01\x00\x76\x00", 10) + dict + std::string(117 - dict.size(), ' ') +
                               "\n" + std::string("\0\0\x80\x3f\0\0\0\x40", 8));
}

TEST_CASE("Fortran order and versions 2.0 and 3.0 are read") {
  const ScratchFolder scratch;
  const std::string values = "\1\2\3\4\5\6";
  const auto read = [&](const std::string& bytes) { return read_npy(scratch.write("x.npy", bytes)); };
  const Tensor x = read(npy(header("|u1", "(2, 3)", "True"), values));
  CHECK(x.shape() == Shape{2, 3});
  CHECK(x.is_contiguous());
  CHECK(x.to_vector<int>() == std::vector<int>{1, 3, 5, 2, 4, 6});
  const Tensor cube = read(npy(header("|u1", "(1, 2, 3)", "True"), values));
  CHECK(cube.shape() == Shape{1, 2, 3});
  CHECK(cube.to_vector<int>() == std::vector<int>{1, 3, 5, 2, 4, 6});
  CHECK(read(npy(header("|u1", "(6,)", "True"), values)).to_vector<int>() == std::vector<int>{1, 2, 3, 4, 5, 6});
  CHECK(read(npy(header("|u1", "(3, 0)", "True"), "")).shape() == Shape{3, 0});
  for (const int version : {2, 3})
    CHECK(read(npy(header("|u1", "(2, 3)"), values, version)).to_vector<int>() == std::vector<int>{1, 2, 3, 4, 5, 6});
  CHECK(read(npy(R"({"shape":(6,),"fortran_order":False,"descr":"|u1"})", values)).size() ==
        6);  // no blanks, another order
}

TEST_CASE("npy headers are read as NumPy reads them, whoever wrote them") {
  const ScratchFolder scratch;
  const auto read = [&](const std::string& text, const std::string& values) {
    return read_npy(scratch.write("x.npy", npy(text, values)));
  };
  const std::string floats("\0\0\x80\x3f\0\0\0\x40", 8), three("\0\0\0\0\0\0\x08\x40", 8);
  // Python 2 wrote sizes of long integers with an L.
  for (const char* shape : {"(2L, 1L)", "(2L,1L,)", "(2, 1L)", "(2,1,)", "( 2 , 1 )", "(2,\t1)", "(2, 1, )"})
    CHECK(read(header("<f4", shape), floats).to_vector<float>() == std::vector<float>{1, 2});
  CHECK(read(header("<f4", "(2L,)"), floats).shape() == Shape{2});
  CHECK(refusal_of(npy(header("<f4", "(2LL,)"), floats)).starts_with("header: expected ','"));
  CHECK(refusal_of(npy(header("<f4", "(L,)"), floats)).starts_with("header: expected a size"));
  // The writer's own byte order was ours.
  for (const char* descr : {"=f8", "f8", "|f8", "<f8"})
    CHECK(read(header(descr, "(1,)"), three).to_vector<double>() == std::vector<double>{3});
  // One byte has no order.
  for (const char* mark : {"|", "<", ">", "=", ""}) {
    const std::string byte = mark;
    const Tensor pixels = read(header(byte + "u1", "(2,)"), "\x01\xff");
    CHECK(pixels.dtype() == uint8);
    CHECK(pixels.to_vector<int>() == std::vector<int>{1, 255});
    CHECK(read(header(byte + "b1", "(2,)"), std::string("\1\0", 2)).dtype() == boolean);
    CHECK(read(header(byte + "i1", "(2,)"), "\x01\xff").to_vector<int>() == std::vector<int>{1, -1});
  }
}

TEST_CASE("integers of other sizes in an npy file become int64") {
  const ScratchFolder scratch;
  const auto read = [&](const std::string& descr, const std::string& shape, const std::string& values,
                        const char* fortran = "False") {
    const Tensor x = read_npy(scratch.write("x.npy", npy(header(descr, shape, fortran), values)));
    CHECK(x.dtype() == int64);
    return x.to_vector<std::int64_t>();
  };
  using Numbers = std::vector<std::int64_t>;
  CHECK(read("|i1", "(3,)", "\x7f\x80\xff") == Numbers{127, -128, -1});
  CHECK(read("<i2", "(2,)", "\xff\x7f\x01\x80") == Numbers{32767, -32767});
  CHECK(read("<u2", "(1,)", "\xff\xff") == Numbers{65535});
  CHECK(read("<i4", "(2,)", "\xff\xff\xff\xff\xff\xff\xff\x7f") == Numbers{-1, 2147483647});
  CHECK(read("=u4", "(1,)", "\xff\xff\xff\xff") == Numbers{4294967295});
  CHECK(read("<i4", "(0,)", "") == Numbers{});
  CHECK(read("|i1", "(2, 3)", "\1\2\3\4\5\6", "True") == Numbers{1, 3, 5, 2, 4, 6});
  std::string many;
  Numbers expected;
  for (int i = 0; i < 200'000; ++i) {
    const auto value = static_cast<std::int16_t>(i);
    many.append(reinterpret_cast<const char*>(&value), 2);
    expected.push_back(value);
  }
  CHECK(read("<i2", "(200000,)", many) == expected);
  CHECK(refusal_of(npy(header("<i4", "(2,)"), "1234")) == "values: expected 8 bytes for int64 (2,), found 4");
}

TEST_CASE("an npy file cut short anywhere is refused, and so is one with bytes to spare") {
  const std::string bytes = npy(header("<f4", "(2,)"), std::string(8, '\1'));
  each_cut(bytes, [](const fs::path& cut) { REQUIRE(holds(refusal(cut), {"expected ", ", found "})); });
  CHECK(refusal_of(bytes + "x") == "values: expected 8 bytes for float32 (2,), found 9");
}

TEST_CASE("an npy file with any byte of its head changed is refused or read as something of as many bytes") {
  const std::string bytes = npy(header("<f4", "(2, 3)"), std::string(24, '\1'));
  int refused = 0;
  each_changed_byte(bytes, bytes.size() - 24, [&](const fs::path& bad) {
    try {
      const Tensor x = read_npy(bad);
      REQUIRE(x.size() == 6);
      REQUIRE(x.dtype() == float32);
    } catch (const FileError& error) {
      REQUIRE(holds(error.what(), {bad.string() + ": ", "expected ", ", found "}));
      ++refused;
    }
  });
  CHECK(refused > 1000);
}

TEST_CASE("npy headers that lie are refused with what is wrong, expected and found") {
  const auto says = [](const std::string& text, const std::string& message) {
    const std::string found = refusal_of(npy(text, "12345678"));
    CHECK_MESSAGE(found.starts_with(message), found);
  };
  says(header(">f4", "(2,)"), "descr: expected one of <f4, <f8, <i8, |u1, |b1, found >f4");
  says(header("<f2", "(4,)"), "descr: expected one of <f4, <f8, <i8, |u1, |b1, found <f2");
  says(header("|O", "(1,)"), "descr: expected one of <f4, <f8, <i8, |u1, |b1, found |O");
  says(header("\x1b[2J\n", "(1,)"), "descr: expected one of <f4, <f8, <i8, |u1, |b1, found ?[2J?");
  CHECK(refusal_of(npy(header(std::string(60'000, 'f'), "(1,)"), "")).ends_with("found " + std::string(20, 'f') + "…"));
  says("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }",
       "descr: expected values of one dtype, found a structured one, [('a', '<f4')], 'fortran_order'");
  for (const auto& [descr, remark] :
       std::vector<std::pair<std::string, std::string>>{{"|O", "Python objects, which are pickled"},
                                                        {"<U5", "text"},
                                                        {"|S3", "text"},
                                                        {"<f2", "half precision"},
                                                        {">f8", "big-endian"},
                                                        {">i4", "big-endian"},
                                                        {"<u8", "uint64, which int64 cannot hold"},
                                                        {"<c8", "complex numbers"},
                                                        {"<M8[ns]", "dates"},
                                                        {"<m8[ns]", "time spans"},
                                                        {"|V12", "raw bytes"},
                                                        {"<f16", "long double"}})
    says(header(descr, "(1,)"), "descr: expected one of <f4, <f8, <i8, |u1, |b1, found " + descr + " (" + remark + ")");
  for (const char* descr : {"", "<", "<f", "f3", "<<f4", "<f4 ", "f", "|U"})
    CHECK(refusal_of(npy(header(descr, "(1,)"), "1234")) ==
          fmt::format("descr: expected one of <f4, <f8, <i8, |u1, |b1, found {}", descr));
  says(header("<f4", "(3,)"), "values: expected 12 bytes for float32 (3,), found 8");
  says(header("<f4", "(4611686018427387904, 4)"),
       "shape: expected a shape of less than 2^63 bytes, found (4611686018427387904, 4)");
  says(header("<f4", "(0, 4611686018427387904, 4)"), "shape: expected a shape of less than 2^63 bytes");
  says(header("<f4", "(18446744073709551616,)"), "header: expected a size below 2^64");
  says(header("<f4", "(-2,)"), "header: expected a size at byte 51, found \"-2,), }?\"");
  says(header("<f4", "(2)"), "header: expected a comma after the only size");
  says(header("<f4", "[2]"), "header: expected '('");
  says(header("<f4", "(,)"), "header: expected a size");
  says(header("<f4", "(1, 1, 1, 1, 1, 1, 1, 1, 2)"), "shape: expected a shape of at most 8 axes, found 9");
  says(header("<f4", "(2,)", "0"), "header: expected True or False");
  says("{'descr': '<f4', 'fortran_order': False, }", "header: expected the keys descr, fortran_order and shape");
  says("{'descr': '<f4', 'descr': '<f4', }", "header: expected the key descr once");
  says("{'descr': '<f4', 'order': 'C', }", "header: expected one of the keys descr, fortran_order and shape");
  says(header("<f4", "(2,)") + "x", "header: expected the end of the header");
  says("{'descr': '<f4", "header: expected the end of a string");
  says("{'descr' '<f4'", "header: expected ':'");
  says(std::string(60'000, '('), "header: expected '{' at byte 0");
  CHECK(refusal_of(npy(header("|b1", "(3,)"), "\1\2\1")) == "values: expected booleans of 0 or 1, found 2 at 1");
  CHECK(refusal_of("\x93NUMPZ\1\1\1\1x") == "magic number: expected \"\\x93NUMPY\", found a different one");
  CHECK(refusal_of(std::string("\x93NUMPY\4\0\1\0x", 11)) == "version: expected 1.0, 2.0 or 3.0, found 4.0");
  CHECK(refusal_of(std::string("\x93NUMPY\1\1\1\0x", 11)) == "version: expected 1.0, 2.0 or 3.0, found 1.1");
  CHECK(refusal_of(std::string("\x93NUMPY\2\0\xff\xff\xff\xff{}", 14)) ==
        "header: expected at most 2 bytes, found a length of 4294967295");
  CHECK(refusal_of("") == "expected an .npy file, found an empty file");
}

}  // namespace retrograd::tests
