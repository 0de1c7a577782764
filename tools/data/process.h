// Running another program: arguments as a list (no shell ever sees them), output captured, a time limit. What went
// wrong comes back as a sentence, never as a thrown error, since callers try one program and then the next. Knows
// nothing of what the programs do. Not a public header.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace retrograd::detail {

/// How a program is run.
struct ProcessOptions {
  std::filesystem::path working_directory;  ///< the caller's, when empty
  std::filesystem::path output_file;        ///< stdout goes to this new file instead of the result, when given
  std::int64_t largest_output = 1LL << 20;  ///< bytes of stdout (and of stderr) before the child is killed
  std::chrono::seconds time_limit{600};     ///< before the child is killed
};

/// What became of it.
struct ProcessResult {
  std::string failure;  ///< empty after exit code 0; else "not installed", "exit code 6", "killed by signal 9", …
  /// It ran, and nobody can say how it ended: the calling program ignores SIGCHLD, or waits for every child. It is not
  /// ok then; what it made tells.
  bool is_unknown = false;
  std::string output;  ///< what it wrote to stdout, unless that went to a file
  std::string errors;  ///< what it wrote to stderr
  int signal = 0;      ///< that killed it, if one did
  /// True where it ended with exit code 0.
  bool ok() const { return failure.empty(); }
};

/// Runs the program arguments[0], found on PATH, with an empty stdin, and waits for it.
ProcessResult run_process(const std::vector<std::string>& arguments, const ProcessOptions& options = {});

}  // namespace retrograd::detail
