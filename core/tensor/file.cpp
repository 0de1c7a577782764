#include "file.h"

#include <fmt/format.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include "../base/error.h"
#include "../base/text.h"
#include "file_kind.h"
#include "format.h"

namespace retrograd::detail {

static_assert(std::endian::native == std::endian::little, "files hold little-endian values, and so do we");

namespace {

// Closes a descriptor at the end of the scope.
struct Descriptor {
  int number;
  explicit Descriptor(int n) : number(n) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
};

// The common prefix of the names of all unfinished files for a target. The target's name may already be as long as
// names can be, so the prefix has a hash of it (FNV-1a).
std::string partial_prefix(const std::string& target) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : std::string_view(target).substr(target.rfind('/') + 1))
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format(".retrograd.{:016x}.", hash);
}

// "<process>.<number>.tmp", which follows the prefix.
bool is_partial_suffix(std::string_view text) {
  const auto takes_number = [&text] {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(digits);
    return digits > 0;
  };
  if (!takes_number() || !text.starts_with('.')) return false;
  text.remove_prefix(1);
  return takes_number() && text == ".tmp";
}

bool is_same_file(int descriptor, const std::string& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(descriptor, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
         opened.st_ino == named.st_ino;
}

bool lock(int descriptor) { return ::flock(descriptor, LOCK_EX | LOCK_NB) == 0; }

// Removes the unfinished files with this prefix that no process has locked. A creator checks that its file still exists
// after locking it, so no file in use is lost.
void remove_abandoned(const std::string& folder, const std::string& prefix) {
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(folder.empty() ? "." : folder.c_str()), &::closedir);
  if (!entries) return;
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string_view name = entry->d_name;
    if (!name.starts_with(prefix) || !is_partial_suffix(name.substr(prefix.size()))) continue;
    const std::string path = folder + entry->d_name;
    const Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat status {};
    if (file.number < 0 || ::fstat(file.number, &status) != 0 || !S_ISREG(status.st_mode)) continue;
    if (lock(file.number) && is_same_file(file.number, path)) ::unlink(path.c_str());
  }
}

}  // namespace

InputFile::InputFile(const std::string& path)
    : name_(shown_path(path)),
      descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {  // do not block on a pipe
  struct stat status {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
    const int error = errno;
    if (descriptor_ >= 0) ::close(descriptor_);
    fail<FileError>("{}: cannot open: {}", name_, std::strerror(error));
  }
  if (!S_ISREG(status.st_mode)) {
    ::close(descriptor_);
    fail<FileError>("{}: expected a file, found {}", name_, S_ISDIR(status.st_mode) ? "a directory" : "something else");
  }
  left_ = static_cast<std::uint64_t>(status.st_size);
}

InputFile::~InputFile() { ::close(descriptor_); }

std::string InputFile::head() const {
  std::string head(kFileHead, '\0');
  ssize_t got = 0;
  do got = ::pread(descriptor_, head.data(), head.size(), 0);
  while (got < 0 && errno == EINTR);
  head.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return head;
}

void InputFile::read(void* into, std::uint64_t n) {
  if (n > left_) fail<FileError>("{}: expected {} more bytes, found {}", name_, n, left_);
  for (char* to = static_cast<char*>(into); n > 0;) {
    const ssize_t got = ::read(descriptor_, to, n);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail<FileError>("{}: cannot read: {}", name_, std::strerror(errno));
    if (got == 0) fail<FileError>("{}: unexpected end of file, expected {} more bytes", name_, n);
    to += got;
    n -= static_cast<std::uint64_t>(got);
    left_ -= static_cast<std::uint64_t>(got);
  }
}

void InputFile::skip(std::uint64_t n) {
  if (n > left_) fail<FileError>("{}: expected {} more bytes, found {}", name_, n, left_);
  if (::lseek(descriptor_, static_cast<off_t>(n), SEEK_CUR) < 0)
    fail<FileError>("{}: cannot read: {}", name_, std::strerror(errno));
  left_ -= n;
}

Tensor InputFile::read_tensor(const Shape& shape, Dtype dtype, const std::string& what) {
  const std::uint64_t bytes = static_cast<std::uint64_t>(shape.size()) * size_of(dtype);
  if (bytes > left_) fail<FileError>("{}: {}: expected {} bytes of values, found {}", name_, what, bytes, left_);
  Tensor x = Tensor::empty(shape, dtype);
  read(x.body().data, bytes);
  for (std::uint64_t i = 0; dtype == boolean && i < bytes; ++i)
    if (const int value = std::to_integer<int>(x.body().data[i]); value > 1)
      fail<FileError>("{}: {}: expected booleans of 0 or 1, found {} at {}", name_, what, value, i);
  return x;
}

NewFile::NewFile(const std::string& path) : name_(shown_path(path)), target_(path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    if (!S_ISREG(status.st_mode)) fail<FileError>("{}: path exists and is not a regular file", name_);
    const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), &std::free);  // keeps a link
    if (!real && errno == ENOMEM) throw std::bad_alloc();
    if (!real) fail_here("create");
    target_ = real.get();
    mode_ = status.st_mode & 0777U;
  } else if (errno != ENOENT) {
    fail_here("create");
  }
  create();
}

void NewFile::create() {
  static std::atomic<int> count{0};
  const std::string folder = target_.substr(0, target_.rfind('/') + 1), prefix = partial_prefix(target_);
  remove_abandoned(folder, prefix);
  for (;;) {
    std::string partial = folder + fmt::format("{}{}.{}.tmp", prefix, ::getpid(), ++count);
    const int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;  // never opens an existing file or link
    const int file = ::open(partial.c_str(), flags, mode_ ? 0600 : 0666);
    if (file < 0 && errno == EEXIST) continue;
    if (file < 0) fail_here("create");
    // On file systems without locks, files are written unlocked; since nobody can lock them, nobody removes them.
    struct stat status {};
    const bool is_taken = !lock(file) && errno == EWOULDBLOCK;
    if (is_taken || (::lstat(partial.c_str(), &status) != 0 && errno == ENOENT)) {  // taken for abandoned
      ::close(file);
      continue;
    }
    descriptor_ = file;
    partial_ = std::move(partial);
    return;
  }
}

NewFile::~NewFile() {
  if (!partial_.empty()) ::unlink(partial_.c_str());
  if (descriptor_ >= 0) ::close(descriptor_);
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
  if (mode_ && ::fchmod(descriptor_, *mode_) != 0) fail_here("set the permissions");
  if (::fsync(descriptor_) != 0) fail_here("sync");
  if (::rename(partial_.c_str(), target_.c_str()) != 0) fail_here("rename to the target");  // still locked
  partial_.clear();
  ::close(std::exchange(descriptor_, -1));  // everything has been synced
}

void NewFile::fail_here(const char* what) const {
  fail<FileError>("{}: cannot {}: {}", name_, what, std::strerror(errno));
}

Shape checked_shape(std::span<const std::uint64_t> sizes, std::uint64_t element_bytes, FunctionRef<std::string()> where,
                    std::uint64_t& bytes) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 63;
  if (sizes.size() > kMaxRank)
    fail<FileError>("{}: expected a shape of at most {} axes, found {}", where(), kMaxRank, sizes.size());
  Shape shape;
  std::uint64_t product = element_bytes;  // zeros count as 1, since strides are products of the other sizes
  bytes = element_bytes;
  for (std::uint64_t size : sizes) {
    if (__builtin_mul_overflow(product, size == 0 ? 1 : size, &product) || product >= kMost)
      fail<FileError>("{}: expected a shape of less than 2^63 bytes, found ({})", where(), fmt::join(sizes, ", "));
    bytes *= size;
    shape.push_back(static_cast<std::int64_t>(size));
  }
  return shape;
}

}  // namespace retrograd::detail
