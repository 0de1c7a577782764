#include "gzip_file.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "../core/error.h"

namespace retrograd::tools {

namespace {

constexpr std::int64_t kBestRatio = 1032;         // deflate codes at most 258 bytes in 2 bits
constexpr std::int64_t kLargestRead = 1LL << 30;  // gzread counts in int

gzFile handle(void* file) { return static_cast<gzFile>(file); }

}  // namespace

GzipFile::GzipFile(const std::filesystem::path& path) : path_(path), file_(nullptr), bytes_on_disk_(0) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    if (std::filesystem::exists(path, error))
      fail<FileError>("{}: expected a file, found something else", path.string());
    fail<FileError>("{}: no such file", path.string());
  }
  bytes_on_disk_ = static_cast<std::int64_t>(std::filesystem::file_size(path));
  errno = 0;
  file_ = gzopen(path.c_str(), "rb");
  if (file_ == nullptr)
    fail<FileError>("{}: cannot open: {}", path.string(), std::strerror(errno != 0 ? errno : ENOMEM));
  gzbuffer(handle(file_), 1U << 17);
}

GzipFile::~GzipFile() { gzclose(handle(file_)); }

std::int64_t GzipFile::read(void* into, std::int64_t size) {
  std::int64_t done = 0;
  while (done < size) {
    errno = 0;
    const auto step = static_cast<unsigned>(std::min(size - done, kLargestRead));
    const int got = gzread(handle(file_), static_cast<char*>(into) + done, step);
    const int system_error = errno;
    int code = Z_OK;
    const std::string what = gzerror(handle(file_), &code);  // "path: what", or a bare word
    if (code == Z_BUF_ERROR) fail<FileError>("{}: the gzip stream is cut short", path_.string());
    if (code == Z_ERRNO) fail<FileError>("{}: cannot read: {}", path_.string(), std::strerror(system_error));
    if (got < 0 || code != Z_OK)
      fail<FileError>("{}: the gzip stream is damaged: {}", path_.string(),
                      what.substr(what.rfind(": ") == std::string::npos ? 0 : what.rfind(": ") + 2));
    if (got == 0) break;
    done += got;
  }
  return done;
}

std::int64_t GzipFile::most() const {
  return gzdirect(handle(file_)) != 0 ? bytes_on_disk_ : bytes_on_disk_ * kBestRatio;
}

}  // namespace retrograd::tools
