#include "files.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

namespace retrograd::experiments {
namespace {

[[noreturn]] void fail(const char* what, const std::filesystem::path& path, int error) {
  throw OutputError(fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(error)));
}

int close_fully(int file) { return ::close(file) == 0 || errno == EINTR ? 0 : errno; }

/// The error number, 0 for none.
int write_all(int file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t wrote = ::write(file, content.data(), content.size());
    if (wrote < 0 && errno != EINTR) return errno;
    if (wrote > 0) content.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return ::fsync(file) == 0 || errno == EINVAL || errno == EROFS ? 0 : errno;  // a pipe or device has no disk to reach
}

/// A name that no other file of this folder, process or thread has.
std::filesystem::path hidden_neighbour(const std::filesystem::path& path) {
  static std::atomic<unsigned> number{0};
  const std::string name = path.filename().string();
  return path.parent_path() / fmt::format(".{}.{}.{}.partial", name, ::getpid(), number.fetch_add(1));
}

}  // namespace

void write_file(const std::filesystem::path& path, std::string_view content) {
  const std::filesystem::path partial = hidden_neighbour(path);
  const int file = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) fail("write", path, errno);
  int error = write_all(file, content);
  if (const int closing = close_fully(file); error == 0) error = closing;
  if (error == 0 && ::rename(partial.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(partial.c_str());
    fail("write", path, error);
  }
}

void prepare_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) fail("make the folder", folder, error.value());
  if (!std::filesystem::is_directory(folder, error)) fail("write into", folder, ENOTDIR);
  const std::filesystem::path probe = hidden_neighbour(folder / "probe");
  const int file = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) fail("write into", folder, errno);
  close_fully(file);
  ::unlink(probe.c_str());
}

void print_result(std::string_view text) {
  errno = 0;
  const bool whole = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!whole || std::fflush(stdout) != 0) fail("write to", "stdout", errno);
}

}  // namespace retrograd::experiments
