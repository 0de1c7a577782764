// Runs another program: arguments as a list (no shell is involved), captured output, a time limit. Failures are
// returned as a sentence rather than thrown, since callers try one program and then the next. Does not depend on what
// the programs do. Not a public header.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace retrograd::detail {

/// The options of run_process.
struct ProcessOptions {
  std::filesystem::path working_directory;  ///< empty: the caller's
  std::filesystem::path output_file;        ///< if not empty, a new file that receives stdout instead of the result
  std::int64_t largest_output =
      1LL << 20;  ///< the maximum number of bytes on stdout, and on stderr, before the child is killed
  std::chrono::seconds time_limit{600};  ///< before the child is killed
};

/// The outcome of run_process.
struct ProcessResult {
  std::string failure;  ///< empty after exit code 0; else "not installed", "exit code 6", "killed by signal 9", …
  /// The child ran, but its exit code is unknown, since the calling program ignores SIGCHLD or waits for every child.
  /// Not ok; judge by what the child created.
  bool is_unknown = false;
  std::string output;  ///< stdout, unless redirected to a file
  std::string errors;  ///< stderr
  int signal = 0;      ///< the signal that killed it, if any
  /// True for exit code 0.
  bool ok() const { return failure.empty(); }
};

/// Runs the program arguments[0], found on PATH, with an empty stdin, and waits for it.
ProcessResult run_process(const std::vector<std::string>& arguments, const ProcessOptions& options = {});

}  // namespace retrograd::detail
