// What the tests of tools share: a folder of their own, files made byte by byte, programs that only pretend, and
// environment variables that come back. Each is undone at the end of its scope.
#pragma once
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

#include "../core/base/error.h"

namespace retrograd::tests {

/// A new empty folder, removed with all that is in it.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  /// Writes a file here, making the folders on its way.
  std::filesystem::path write(const std::string& name, const std::string& bytes) const;
  /// Writes an executable shell script here.
  void write_program(const std::string& name, const std::string& script) const;

 private:
  std::filesystem::path path_;
};

/// An environment variable with another value; nullptr takes it away.
class Environment {
 public:
  Environment(const char* name, const char* value);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  std::string name_, before_;
  bool was_set_;
};

/// A program that ignores SIGCHLD, as some that load libraries do: its children leave no status.
class IgnoredChildren {
 public:
  IgnoredChildren() : before_(std::signal(SIGCHLD, SIG_IGN)) {}
  ~IgnoredChildren() { std::signal(SIGCHLD, before_); }
  IgnoredChildren(const IgnoredChildren&) = delete;
  IgnoredChildren& operator=(const IgnoredChildren&) = delete;

 private:
  void (*before_)(int);
};

std::string read_file(const std::filesystem::path& path);
std::string gzip(const std::string& bytes);
/// An idx file of unsigned bytes.
std::string idx(const std::vector<std::uint32_t>& shape, const std::string& values);

/// The message of the FileError that `f` throws; empty where it throws none.
template <class F>
std::string file_error(F&& f) {
  try {
    f();
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}

/// True where `text` holds every part.
bool holds(const std::string& text, std::initializer_list<std::string> parts);

}  // namespace retrograd::tests
