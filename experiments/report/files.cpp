#include "files.h"

#include <fmt/core.h>
#include <retrograd/core/base/error.h>
#include <retrograd/core/base/text.h>
#include <retrograd/core/tensor/file.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

namespace retrograd::experiments {
namespace {

[[noreturn]] void fail(const char* what, const std::filesystem::path& path, std::string_view why) {
  throw OutputError(fmt::format("cannot {} {}: {}", what, detail::shown_path(path.string()), why));
}

/// The reason in a FileError of the library: "path: cannot …: why".
std::string_view reason(const FileError& error) {
  const std::string_view text = error.what();
  return text.substr(text.rfind(": ") + 2);
}

}  // namespace

void write_file(const std::filesystem::path& path, std::string_view content) {
  try {
    detail::NewFile file(path.string());
    file.write(content.data(), content.size());
    file.finish();
  } catch (const FileError& error) {
    fail("write", path, reason(error));
  }
}

void prepare_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) fail("create the folder", folder, error.message());
  if (!std::filesystem::is_directory(folder, error)) fail("write into", folder, std::strerror(ENOTDIR));
  try {
    const detail::NewFile probe((folder / "probe").string());
  } catch (const FileError& denied) {
    fail("write into", folder, reason(denied));
  }
}

void print_result(std::string_view text) {
  errno = 0;
  const bool whole = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!whole || std::fflush(stdout) != 0) fail("write to", "stdout", std::strerror(errno));
}

}  // namespace retrograd::experiments
