#include "file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "error.h"
#include "format.h"

namespace retrograd::detail {

static_assert(std::endian::native == std::endian::little, "files hold little-endian values, and so do we");

InputFile::InputFile(const std::string& path)
    : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {  // a pipe must not wait
  struct stat status {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
    const int error = errno;
    if (descriptor_ >= 0) ::close(descriptor_);
    fail<FileError>("{}: can't open: {}", path_, std::strerror(error));
  }
  if (!S_ISREG(status.st_mode)) {
    ::close(descriptor_);
    fail<FileError>("{}: expected a file, found something else", path_);
  }
  left_ = static_cast<std::uint64_t>(status.st_size);
}

InputFile::~InputFile() { ::close(descriptor_); }

void InputFile::read(void* into, std::uint64_t n) {
  if (n > left_) fail<FileError>("{}: expected {} more bytes, found {}", path_, n, left_);
  for (char* to = static_cast<char*>(into); n > 0;) {
    const ssize_t got = ::read(descriptor_, to, n);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail<FileError>("{}: can't read: {}", path_, std::strerror(errno));
    if (got == 0) fail<FileError>("{}: expected {} more bytes, found its end: it was cut while it was read", path_, n);
    to += got;
    n -= static_cast<std::uint64_t>(got);
    left_ -= static_cast<std::uint64_t>(got);
  }
}

Tensor InputFile::read_tensor(const Shape& shape, Dtype dtype, const std::string& what) {
  const std::uint64_t bytes = static_cast<std::uint64_t>(shape.size()) * size_of(dtype);
  if (bytes > left_) fail<FileError>("{}: {}: expected {} bytes of values, found {}", path_, what, bytes, left_);
  Tensor x = Tensor::empty(shape, dtype);
  read(x.body().data, bytes);
  for (std::uint64_t i = 0; dtype == boolean && i < bytes; ++i)
    if (const int value = std::to_integer<int>(x.body().data[i]); value > 1)
      fail<FileError>("{}: {}: expected booleans of 0 or 1, found {} at {}", path_, what, value, i);
  return x;
}

NewFile::NewFile(const std::string& path) : path_(path), target_(path) {
  static std::atomic<int> count{0};
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    if (!S_ISREG(status.st_mode)) fail<FileError>("{}: can't write: it is there, and no file", path_);
    std::error_code error;
    target_ = std::filesystem::canonical(path, error).string();  // a link stays one
    if (error) fail<FileError>("{}: can't create: {}", path_, error.message());
    mode_ = status.st_mode & 0777U;
  } else if (errno != ENOENT) {
    fail_here("create");
  }
  const std::string folder = target_.substr(0, target_.rfind('/') + 1);
  std::string partial;
  do {  // a name that is there already is somebody else's, or a link to somewhere else
    partial = folder + fmt::format(".retrograd.{}.{}.tmp", ::getpid(), ++count);
    descriptor_ = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_ ? 0600 : 0666);
  } while (descriptor_ < 0 && errno == EEXIST);
  if (descriptor_ < 0) fail_here("create");
  partial_ = std::move(partial);
}

NewFile::~NewFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!partial_.empty()) ::unlink(partial_.c_str());
}

void NewFile::write(const void* data, std::uint64_t n) {
  for (const char* from = static_cast<const char*>(data); n > 0;) {
    const ssize_t written = ::write(descriptor_, from, n);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_here("write");
    from += written;
    n -= static_cast<std::uint64_t>(written);
  }
}

void NewFile::write_tensor(const Tensor& x) {
  write(packed(x).body().data, static_cast<std::uint64_t>(x.size()) * size_of(x.dtype()));
}

void NewFile::finish() {
  if (mode_ && ::fchmod(descriptor_, *mode_) != 0) fail_here("keep the permissions");
  if (::fsync(descriptor_) != 0) fail_here("sync");
  if (::close(std::exchange(descriptor_, -1)) != 0) fail_here("close");
  if (::rename(partial_.c_str(), target_.c_str()) != 0) fail_here("rename to its place");
  partial_.clear();
}

void NewFile::fail_here(const char* what) const {
  fail<FileError>("{}: can't {}: {}", path_, what, std::strerror(errno));
}

Shape checked_shape(std::span<const std::uint64_t> sizes, std::uint64_t element_bytes, const std::string& where,
                    std::uint64_t& bytes) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 63;
  if (sizes.size() > kMaxRank)
    fail<FileError>("{}: expected a shape of at most {} axes, found {}", where, kMaxRank, sizes.size());
  Shape shape;
  std::uint64_t product = element_bytes;  // of what is not 0: strides are products of these alone
  bytes = element_bytes;
  for (std::uint64_t size : sizes) {
    if (__builtin_mul_overflow(product, size == 0 ? 1 : size, &product) || product >= kMost)
      fail<FileError>("{}: expected a shape of less than 2^63 bytes, found ({})", where, fmt::join(sizes, ", "));
    bytes *= size;
    shape.push_back(static_cast<std::int64_t>(size));
  }
  return shape;
}

}  // namespace retrograd::detail
