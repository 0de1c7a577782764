// Writing the run's results: a file is either the old one or the whole new one, whatever happens in between.
// Invariant: content goes to a hidden neighbor first, reaches the disk, and only then takes the name.
// Refuses to know: what is written.
#pragma once
#include <filesystem>
#include <stdexcept>
#include <string_view>

namespace retrograd::experiments {

/// A result that could not be written; names the file and the system's reason.
struct OutputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Replaces or creates the file at once; OutputError leaves what was there as it was.
void write_file(const std::filesystem::path& path, std::string_view content);

/// Makes the folder if need be and proves that files can be written into it; OutputError otherwise.
void prepare_folder(const std::filesystem::path& folder);

/// Writes text to this process's stdout and flushes it; OutputError where stdout is full or closed.
void print_result(std::string_view text);

}  // namespace retrograd::experiments
