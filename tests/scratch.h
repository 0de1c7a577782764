// Shared by the tests of tools: scratch folders, files made byte by byte, fake programs, and environment variables.
// Each is undone at the end of its scope.
#pragma once
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

#include "../core/base/error.h"

namespace retrograd::tests {

/// A new empty folder, removed with its contents.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  /// Writes a file in the folder, creating intermediate folders.
  std::filesystem::path write(const std::string& name, const std::string& bytes) const;
  /// Writes an executable shell script in the folder.
  void write_program(const std::string& name, const std::string& script) const;

 private:
  std::filesystem::path path_;
};

/// Sets an environment variable; nullptr unsets it.
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

/// Makes this program ignore SIGCHLD, as some programs that load libraries do, so that children leave no exit status.
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

/// The message of the FileError that `f` throws; empty if it throws none.
template <class F>
std::string file_error(F&& f) {
  try {
    f();
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}

/// True if `text` contains every part.
bool holds(const std::string& text, std::initializer_list<std::string> parts);

}  // namespace retrograd::tests
