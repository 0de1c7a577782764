#include "../../../core/tensor/file.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <set>

#include "../../scratch.h"

namespace retrograd::tests {

namespace {

namespace fs = std::filesystem;

int files_in(const fs::path& folder) {
  return static_cast<int>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

// Files of this process cannot grow beyond `bytes`, as on a disk that is full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{bytes, before_.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &now) == 0);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

std::string write_error(const fs::path& path, std::size_t bytes) {
  return file_error([&] {
    detail::NewFile out(path);
    const std::string content(bytes, 'n');
    out.write(content.data(), content.size());
    out.finish();
  });
}

}  // namespace

TEST_CASE("a file takes its name only when it is whole") {
  const ScratchFolder scratch;
  const fs::path path = scratch.write("x", "old");
  {
    detail::NewFile out(path);
    out.write("new", 3);
    CHECK(read_file(path) == "old");
    CHECK(files_in(scratch.path()) == 2);
  }
  CHECK(read_file(path) == "old");
  CHECK(files_in(scratch.path()) == 1);
  CHECK(write_error(path, 3).empty());
  CHECK(read_file(path) == "nnn");
  CHECK(files_in(scratch.path()) == 1);
}

TEST_CASE("a link to a file stays one, and the file behind it is written") {
  const ScratchFolder scratch;
  const fs::path path = scratch.write("folder/x", "old"), link = scratch.path() / "link";
  fs::create_symlink("folder/x", link);
  CHECK(write_error(link, 3).empty());
  CHECK(fs::is_symlink(link));
  CHECK(read_file(path) == "nnn");
  CHECK(files_in(scratch.path() / "folder") == 1);
}

TEST_CASE("a file that is written over keeps its permissions, and nobody else reads it meanwhile") {
  const ScratchFolder scratch;
  const fs::path path = scratch.write("x", "old");
  for (const fs::perms mode : {fs::perms{0640}, fs::perms{0600}, fs::perms{0755}}) {
    fs::permissions(path, mode);
    detail::NewFile out(path);
    for (const auto& one : fs::directory_iterator(scratch.path()))
      if (one.path() != path) CHECK(one.status().permissions() == fs::perms{0600});
    out.finish();
    CHECK(fs::status(path).permissions() == mode);
  }
}

TEST_CASE("a link that waits under the name of the unfinished file is not followed") {
  const ScratchFolder scratch;
  const fs::path other = scratch.write("other", "other"), path = scratch.path() / "x";
  std::string name;
  {
    const detail::NewFile out(path);
    for (const auto& one : fs::directory_iterator(scratch.path()))
      if (one.path() != other) name = one.path().filename();
  }
  const std::size_t end = name.rfind(".tmp"), begin = name.rfind('.', end - 1) + 1;
  const int next = std::stoi(name.substr(begin, end - begin)) + 1;
  fs::create_symlink(other, scratch.path() / (name.substr(0, begin) + std::to_string(next) + ".tmp"));
  CHECK(write_error(path, 3).empty());
  CHECK(read_file(other) == "other");
  CHECK(read_file(path) == "nnn");
  CHECK(!fs::is_symlink(path));
}

TEST_CASE("what killed writers left behind goes with the next save of the same file") {
  const ScratchFolder scratch;
  const fs::path path = scratch.write("x", "old"), link = scratch.path() / "link";
  fs::create_symlink(path, link);
  for (const fs::path& target : {path, link, path}) {
    const pid_t child = fork();
    if (child == 0) {
      detail::NewFile out(target);
      out.write("half", 4);
      ::kill(::getpid(), SIGKILL);
    }
    REQUIRE(waitpid(child, nullptr, 0) == child);
  }
  CHECK(files_in(scratch.path()) == 3);  // each writer removed what the one before had left
  CHECK(write_error(scratch.path() / "y", 1).empty());
  CHECK(files_in(scratch.path()) == 4);  // of another file: it may be written on another machine
  CHECK(write_error(path, 3).empty());
  CHECK(files_in(scratch.path()) == 3);
  CHECK(read_file(path) == "nnn");
}

TEST_CASE("writers of one file at once disturb neither each other nor what looks like their files") {
  const ScratchFolder scratch;
  const fs::path path = scratch.path() / "x";
  std::set<fs::path> others;
  {
    detail::NewFile first(path);
    const std::string own = fs::directory_iterator(scratch.path())->path().filename();
    const std::string prefix = own.substr(0, own.find('.', std::string(".retrograd.").size()) + 1);
    for (const std::string& name : {prefix + "1.tmp", prefix + "1.1.tmp~", prefix + "1.1x.tmp", prefix + "..tmp",
                                    std::string(".retrograd.1.1.tmp"), std::string(".retrograd.tmp")})
      others.insert(scratch.write(name, "mine"));
    fs::create_directory(scratch.path() / (prefix + "2.2.tmp"));
    others.insert(scratch.path() / (prefix + "2.2.tmp"));
    fs::create_symlink(path, scratch.path() / (prefix + "3.3.tmp"));
    others.insert(scratch.path() / (prefix + "3.3.tmp"));
    scratch.write(prefix + "4.4.tmp", "abandoned");
    detail::NewFile second(path);
    first.write("first", 5);
    second.write("second", 6);
    first.finish();
    CHECK(read_file(path) == "first");
    second.finish();
    CHECK(read_file(path) == "second");
  }
  others.insert(path);
  const std::set<fs::path> found(fs::directory_iterator(scratch.path()), {});
  CHECK(found == others);
}

TEST_CASE("control characters of a path do not reach who reads the error") {
  const ScratchFolder scratch;
  const fs::path path = scratch.path() / "no\x1b[2J\n" / "x";
  CHECK(holds(write_error(path, 1), {"/no?[2J?/x: cannot create: No such file or directory"}));
  CHECK(holds(file_error([&] { detail::InputFile in(path); }), {"/no?[2J?/x: cannot open: No such file or directory"}));
  fs::create_directory(path.parent_path());
  detail::InputFile in((scratch.write("no\x1b[2J\n/x", "")).string());
  CHECK(holds(file_error([&] { in.skip(1); }), {"/no?[2J?/x: expected 1 more bytes, found 0"}));
}

TEST_CASE("a name may be as long as the file system lets it be") {
  const ScratchFolder scratch;
  const fs::path path = scratch.path() / std::string(255, 'x');
  CHECK(write_error(path, 3).empty());
  CHECK(read_file(path) == "nnn");
}

TEST_CASE("on a full disk the old file stays, and nothing else") {
  const ScratchFolder scratch;
  const fs::path path = scratch.write("x", "old");
  std::string error;
  {
    const FullDisk full(4096);
    error = write_error(path, 10'000);
  }
  CHECK(holds(error, {"/x: cannot write: File too large"}));
  CHECK(read_file(path) == "old");
  CHECK(files_in(scratch.path()) == 1);
}

TEST_CASE("what is no file is not written over") {
  const ScratchFolder scratch;
  fs::create_directory(scratch.path() / "folder");
  CHECK(holds(write_error(scratch.path() / "folder", 1), {"/folder: path exists and is not a regular file"}));
  CHECK(holds(write_error("/dev/full", 1), {"/dev/full: path exists and is not a regular file"}));
  CHECK(fs::is_character_file("/dev/full"));
  CHECK(files_in(scratch.path()) == 1);
}

TEST_CASE("where no file can be made the system says why") {
  const ScratchFolder scratch;
  CHECK(holds(write_error(scratch.path() / "no" / "x", 1), {"/no/x: cannot create: No such file or directory"}));
  scratch.write("file", "");
  CHECK(holds(write_error(scratch.path() / "file" / "x", 1), {"cannot create: Not a directory"}));
  CHECK(holds(write_error(scratch.path() / std::string(300, 'x'), 1), {"cannot create: File name too long"}));
  const fs::path closed = scratch.path() / "closed";
  fs::create_directory(closed);
  fs::permissions(closed, fs::perms::owner_read | fs::perms::owner_exec);
  if (const std::string error = write_error(closed / "x", 1); !error.empty())  // root may write anywhere
    CHECK(holds(error, {"/closed/x: cannot create: Permission denied"}));
  fs::permissions(closed, fs::perms::owner_all);
}

TEST_CASE("reading never goes beyond the end of the file") {
  const ScratchFolder scratch;
  detail::InputFile in(scratch.write("x", "abcdef"));
  char some[8];
  in.read(some, 4);
  CHECK(std::string(some, 4) == "abcd");
  CHECK(in.left() == 2);
  CHECK(in.head() == "abcdef");
  CHECK(holds(file_error([&] { in.read(some, 3); }), {"/x: expected 3 more bytes, found 2"}));
  CHECK(holds(file_error([&] { in.read_tensor({3}, uint8, "pixels"); }),
              {"/x: pixels: expected 3 bytes of values, found 2"}));
  CHECK(in.read_tensor({2}, uint8, "pixels").to_vector<int>() == std::vector<int>{'e', 'f'});
}

TEST_CASE("a folder is no file to read") {
  const ScratchFolder scratch;
  CHECK(holds(file_error([&] { detail::InputFile in(scratch.path()); }), {"expected a file, found a directory"}));
}

TEST_CASE("a pipe is no file to read, and is not waited for") {
  const ScratchFolder scratch;
  const fs::path pipe = scratch.path() / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(holds(file_error([&] { detail::InputFile in(pipe); }), {"expected a file, found something else"}));
}

}  // namespace retrograd::tests
