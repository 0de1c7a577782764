#include "gzip_file.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <string>
#include <system_error>

#include "../../core/base/error.h"
#include "../../core/base/text.h"
#include "../../core/tensor/file_kind.h"
#include "../../core/tensor/format.h"

namespace retrograd::tools {

namespace {

constexpr std::int64_t kBestRatio = 1032;         // deflate codes at most 258 bytes in 2 bits
constexpr std::int64_t kLargestRead = 1LL << 30;  // gzread counts in int

gzFile handle(void* file) { return static_cast<gzFile>(file); }

}  // namespace

GzipFile::GzipFile(const std::filesystem::path& path)
    : name_(detail::shown_path(path.string())), file_(nullptr), bytes_on_disk_(0) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    if (std::filesystem::is_directory(path, error))
      detail::fail<FileError>("{}: expected a file, found a directory", name_);
    if (std::filesystem::exists(path, error))
      detail::fail<FileError>("{}: expected a file, found something else", name_);
    detail::fail<FileError>("{}: no such file", name_);
  }
  bytes_on_disk_ = static_cast<std::int64_t>(std::filesystem::file_size(path, error));
  if (error) detail::fail<FileError>("{}: cannot open: {}", name_, error.message());
  errno = 0;
  file_ = gzopen(path.c_str(), "rb");
  if (file_ == nullptr) {
    if (errno == 0 || errno == ENOMEM) throw std::bad_alloc();
    detail::fail<FileError>("{}: cannot open: {}", name_, std::strerror(errno));
  }
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
    gzerror(handle(file_), &code);
    if (code == Z_MEM_ERROR) throw std::bad_alloc();
    const std::string what = gzerror(handle(file_), &code);  // "path: what", or a bare word
    if (code == Z_BUF_ERROR) detail::fail<FileError>("{}: the gzip stream is cut short", name_);
    if (code == Z_ERRNO) detail::fail<FileError>("{}: cannot read: {}", name_, std::strerror(system_error));
    if (got < 0 || code != Z_OK)
      detail::fail<FileError>("{}: the gzip stream is damaged: {}", name_,
                              what.substr(what.rfind(": ") == std::string::npos ? 0 : what.rfind(": ") + 2));
    if (got == 0) break;
    done += got;
  }
  return done;
}

std::string GzipFile::head() {
  gzrewind(handle(file_));
  std::string head(detail::kFileHead, '\0');
  head.resize(static_cast<std::size_t>(read(head.data(), static_cast<std::int64_t>(head.size()))));
  gzrewind(handle(file_));
  return head;
}

bool GzipFile::is_packed() const { return gzdirect(handle(file_)) == 0; }

std::int64_t GzipFile::most() const { return !is_packed() ? bytes_on_disk_ : bytes_on_disk_ * kBestRatio; }

}  // namespace retrograd::tools
