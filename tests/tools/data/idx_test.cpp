#include "../../../tools/data/idx.h"

#include <doctest/doctest.h>

#include "../../scratch.h"

using namespace retrograd;
using namespace retrograd::tests;
using retrograd::tools::read_idx;

namespace {

const std::string kSix = idx({2, 3}, "abcdef");

/// What reading a file with these bytes fails with, if it does.
std::string error_of(const std::string& bytes, int rank = 2) {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.write("file", bytes);
  const std::string message = file_error([&] { read_idx(path, rank); });
  if (!message.empty()) CHECK(message.rfind(path.string() + ": ", 0) == 0);
  return message.empty() ? "" : message.substr(path.string().size() + 2);
}

}  // namespace

TEST_CASE("an idx file, plain or gzipped, becomes a uint8 tensor of its shape") {
  const ScratchFolder folder;
  for (const std::string& bytes : {kSix, gzip(kSix)}) {
    const Tensor x = read_idx(folder.write("file", bytes), 2);
    CHECK(x.dtype() == uint8);
    CHECK(x.shape() == Shape{2, 3});
    CHECK(x.to_vector<int>() == std::vector<int>{'a', 'b', 'c', 'd', 'e', 'f'});
  }
}

TEST_CASE("an idx file of no values is read as such") {
  const ScratchFolder folder;
  CHECK(read_idx(folder.write("file", idx({0, 3}, "")), 2).shape() == Shape{0, 3});
}

TEST_CASE("an idx file truncated at any length is an error, plain and gzipped") {
  for (std::size_t length = 0; length < kSix.size(); ++length) CHECK(error_of(kSix.substr(0, length)) != "");
  const std::string packed = gzip(kSix);
  for (std::size_t length = 0; length < packed.size(); ++length) CHECK(error_of(packed.substr(0, length)) != "");
  CHECK(error_of(kSix.substr(0, 7)) == "header: expected 12 bytes, found 7");
  CHECK(error_of(kSix.substr(0, 17)) == "values: expected 6 bytes according to the header, found at most 5");
  CHECK(error_of(packed.substr(0, packed.size() - 1)) == "the gzip stream is cut short");
}

TEST_CASE("a gzipped idx file that holds fewer values than its header says is an error") {
  CHECK(error_of(gzip(kSix.substr(0, 17))) == "values: expected 6 bytes according to the header, found 5");
}

TEST_CASE("a flipped bit in a gzipped idx file is an error") {
  std::string packed = gzip(kSix);
  packed[packed.size() - 6] = static_cast<char>(packed[packed.size() - 6] ^ 1);  // in the stored checksum
  CHECK(error_of(packed) == "the gzip stream is damaged: incorrect data check");
}

TEST_CASE("bytes after the last value of an idx file are an error") {
  CHECK(error_of(kSix + "g") == "expected the end of the file after 18 bytes, found more");
  CHECK(error_of(gzip(kSix + "g")) == "expected the end of the file after 18 bytes, found more");
}

TEST_CASE("every field of an idx header is checked") {
  const auto with = [](std::size_t at, char byte) {
    std::string bytes = kSix;
    bytes[at] = byte;
    return error_of(bytes);
  };
  CHECK(with(0, 1) == "magic number: expected two zero bytes, found 01 00");
  CHECK(with(1, 1) == "magic number: expected two zero bytes, found 00 01");
  CHECK(with(2, 0x0D) == "type code: expected 0x08 (unsigned byte), found 0x0d");
  CHECK(with(3, 3) == "rank: expected 2, found 3");
  CHECK(with(7, 1) == "expected the end of the file after 15 bytes, found more");
  CHECK(with(7, 3) == "values: expected 9 bytes according to the header, found at most 6");
}

TEST_CASE("an idx header that promises more than memory holds is an error before anything is allocated") {
  const std::uint32_t most = 0xFFFFFFFF;
  CHECK(error_of(idx({most, most}, "abcdef"), 2) == "sizes: expected a product below 2^63, exceeded at axis 1");
  CHECK(holds(error_of(gzip(idx({1, most}, "abcdef")), 2), {"values: expected 4294967295 bytes"}));
}

TEST_CASE("an idx file that is not there or is no file is an error that says so") {
  const ScratchFolder folder;
  const std::string absent = (folder.path() / "absent").string();
  CHECK(file_error([&] { read_idx(absent, 1); }) == absent + ": no such file");
  CHECK(file_error([&] { read_idx(folder.path(), 1); }) ==
        folder.path().string() + ": expected a file, found a directory");
}

TEST_CASE("an idx file of more axes than a shape has is refused, however many are asked for") {
  for (const int rank : {9, 10, 33, 255}) {
    const std::vector<std::uint32_t> sizes(static_cast<std::size_t>(rank), 1);
    CHECK(error_of(idx(sizes, "a"), rank) == "rank: expected at most 8 axes, found " + std::to_string(rank));
    CHECK(error_of(gzip(idx(sizes, "a")), rank) == "rank: expected at most 8 axes, found " + std::to_string(rank));
  }
  const ScratchFolder folder;
  CHECK(read_idx(folder.write("file", idx({1, 1, 1, 1, 1, 1, 1, 2}, "ab")), 8).size() == 2);
  CHECK(error_of(idx({1}, "a"), 9) == "rank: expected 9, found 1");
}
