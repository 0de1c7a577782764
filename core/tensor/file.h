// Reads and writes whole files or nothing: reads are checked against the size of the file first, so that a corrupt
// header cannot cause a huge allocation, and writes go to a temporary file that is synced before it is renamed, so that
// a full disk does not destroy the old file. FileError names the file. Does not depend on file formats.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "../base/function_ref.h"
#include "tensor.h"

namespace retrograd::detail {

/// A file being read sequentially.
class InputFile {
 public:
  /// FileError if it cannot be opened or is not a regular file.
  explicit InputFile(const std::string& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// The path as errors show it.
  const std::string& name() const { return name_; }
  /// The number of bytes not read yet.
  std::uint64_t left() const { return left_; }
  /// The first bytes of the file, at most kFileHead; does not change the read position.
  std::string head() const;
  /// Reads the next n bytes; FileError if fewer are left.
  void read(void* into, std::uint64_t n);
  /// Skips n bytes; FileError if fewer are left.
  void skip(std::uint64_t n);
  /// Reads the values of a tensor in row-major order; FileError if too few bytes are left, or a boolean is neither 0
  /// nor 1. `what` names the tensor in errors.
  Tensor read_tensor(const Shape& shape, Dtype dtype, const std::string& what);

 private:
  std::string name_;
  int descriptor_;
  std::uint64_t left_ = 0;
};

/// A file being written under a temporary name: renamed to its target when complete, removed otherwise. If the target
/// exists, the new file gets its permissions, and is not readable by others before that; if it is a symbolic link, the
/// link is kept. A lock shows that the writer is alive: files left behind by killed writers of the same target are
/// removed first.
class NewFile {
 public:
  /// FileError if the file cannot be created, or if the target exists and is not a regular file.
  explicit NewFile(const std::string& path);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  /// Appends n bytes; FileError if the disk is full.
  void write(const void* data, std::uint64_t n);
  /// Appends the values of x in row-major order.
  void write_tensor(const Tensor& x);
  /// Syncs and renames the file to its target; FileError if that fails.
  void finish();

 private:
  [[noreturn]] void fail_here(const char* what) const;
  void create();
  std::string name_, target_, partial_;
  std::optional<unsigned> mode_;  // of the file being replaced
  int descriptor_ = -1;
};

/// Makes a shape from sizes found in a file, and computes the number of bytes of its values. FileError, starting with
/// the result of `where`, if there are more than eight axes, or the product of the sizes (zeros left out) does not fit
/// in 63 bits.
Shape checked_shape(std::span<const std::uint64_t> sizes, std::uint64_t element_bytes, FunctionRef<std::string()> where,
                    std::uint64_t& bytes);

}  // namespace retrograd::detail
