// A file's bytes, whole or not at all: what is read is first held against the size of the file, so that nothing is
// allocated on the word of a header alone, and what is written goes to a neighbor that reaches the disk before it takes
// the name, so that the old file survives a full disk. FileError names the file. Does not depend on file formats.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "../base/function_ref.h"
#include "tensor.h"

namespace retrograd::detail {

/// A file being read from its beginning.
class InputFile {
 public:
  /// FileError where it cannot be opened, or is no regular file.
  explicit InputFile(const std::string& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// The path as errors show it.
  const std::string& name() const { return name_; }
  /// The bytes that have not been read yet.
  std::uint64_t left() const { return left_; }
  /// The bytes that the file begins with, kFileHead of them at most; what is read next stays what it was.
  std::string head() const;
  /// The next n bytes; FileError where fewer are left.
  void read(void* into, std::uint64_t n);
  /// Goes on n bytes further; FileError where fewer are left.
  void skip(std::uint64_t n);
  /// The next bytes as the values of a tensor in row-major order; FileError where fewer are left, or a boolean is
  /// neither 0 nor 1. `what` says which tensor this is, in errors.
  Tensor read_tensor(const Shape& shape, Dtype dtype, const std::string& what);

 private:
  std::string name_;
  int descriptor_;
  std::uint64_t left_ = 0;
};

/// A file being written beside its place: renamed into it when whole, removed otherwise. Where a file is there already
/// the new one gets its permissions, and nobody else may read it before; where a link leads to one, the link stays. A
/// lock says that its writer lives: what writers of this file that were killed left behind is removed first.
class NewFile {
 public:
  /// FileError where no file can be made there, or something else than a file has that name.
  explicit NewFile(const std::string& path);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  /// Appends n bytes; FileError where the disk is full.
  void write(const void* data, std::uint64_t n);
  /// Appends the values of x in row-major order.
  void write_tensor(const Tensor& x);
  /// Takes the name, once all bytes are on the disk; FileError where that fails.
  void finish();

 private:
  [[noreturn]] void fail_here(const char* what) const;
  void create();
  std::string name_, target_, partial_;
  std::optional<unsigned> mode_;  // of the file that is replaced
  int descriptor_ = -1;
};

/// Makes a shape of sizes that a file gives, and says how many bytes its values take. FileError, which begins with
/// what `where` gives, on more than eight axes, or where the product of the sizes (those of 0 left out) does not fit 63
/// bits.
Shape checked_shape(std::span<const std::uint64_t> sizes, std::uint64_t element_bytes, FunctionRef<std::string()> where,
                    std::uint64_t& bytes);

}  // namespace retrograd::detail
