// Reads a file that may be gzipped or plain. A truncated, damaged or unreadable file is always an error, never a short
// read: zlib reports a truncated stream only on request, so this class asks. Does not depend on the meaning of the
// bytes.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace retrograd::tools {

class GzipFile {
 public:
  /// Opens `path` for reading; FileError on failure, std::bad_alloc where memory is short, as for all functions below.
  explicit GzipFile(const std::filesystem::path& path);
  ~GzipFile();
  GzipFile(const GzipFile&) = delete;
  GzipFile& operator=(const GzipFile&) = delete;

  /// Reads up to `size` unpacked bytes and returns their number, which is smaller only at the end of an intact file.
  /// FileError otherwise.
  std::int64_t read(void* into, std::int64_t size);

  /// The path as errors show it.
  const std::string& name() const { return name_; }
  /// The first unpacked bytes, at most kFileHead; reading then restarts after them.
  std::string head();
  /// True where the file is gzipped.
  bool is_packed() const;
  /// The maximum number of bytes that the file can unpack to given its size on disk; larger sizes in a header are
  /// errors.
  std::int64_t most() const;

 private:
  std::string name_;
  void* file_;  // zlib's gzFile
  std::int64_t bytes_on_disk_;
};

}  // namespace retrograd::tools
