// Reading a file that may be gzipped or plain, without caring which. A short, damaged or unreadable file is always an
// error, never a short read: zlib tells of a cut gzip stream only when it is asked, so this class asks.
// Knows nothing of what the bytes mean.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace retrograd::tools {

class GzipFile {
 public:
  /// Opens `path` for reading; FileError if it cannot, std::bad_alloc where memory is short, as in all below.
  explicit GzipFile(const std::filesystem::path& path);
  ~GzipFile();
  GzipFile(const GzipFile&) = delete;
  GzipFile& operator=(const GzipFile&) = delete;

  /// Reads up to `size` unpacked bytes and returns how many there were; fewer only at the end of a sound file.
  /// FileError otherwise.
  std::int64_t read(void* into, std::int64_t size);

  /// The path as errors show it.
  const std::string& name() const { return name_; }
  /// The unpacked bytes that the file begins with, kFileHead of them at most; reading starts anew behind it.
  std::string head();
  /// True where the file is gzipped.
  bool is_packed() const;
  /// The most bytes that the file, by its size on disk, can unpack to: what a header may promise before it is a lie.
  std::int64_t most() const;

 private:
  std::string name_;
  void* file_;  // zlib's gzFile
  std::int64_t bytes_on_disk_;
};

}  // namespace retrograd::tools
