// Writes the results of a run: after any interruption a file is either the old one or the complete new one. Invariant:
// content goes to a hidden file in the same folder first, is synced, and only then renamed. Does not depend on what is
// written.
#pragma once
#include <filesystem>
#include <stdexcept>
#include <string_view>

namespace retrograd::experiments {

/// A result could not be written; names the file and the system's reason.
struct OutputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Creates or replaces the file atomically; on OutputError the existing file is unchanged.
void write_file(const std::filesystem::path& path, std::string_view content);

/// Creates the folder if needed and checks that files can be written to it; OutputError otherwise.
void prepare_folder(const std::filesystem::path& folder);

/// Writes text to stdout and flushes it; OutputError if stdout is full or closed.
void print_result(std::string_view text);

}  // namespace retrograd::experiments
