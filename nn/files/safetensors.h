// Named tensors in a file: the safetensors format (a length, a JSON header, the bytes), which PyTorch, JAX and Hugging
// Face's tools read. Reading performs every check of the reference reader before it reads any value; writing goes to a
// temporary file that is synced and renamed, so the old file survives a full disk. Does not depend on models; see
// state_file.h.
#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "../../core/tensor/fields.h"

namespace retrograd::nn {

/// Metadata of a file: strings by name.
using Metadata = std::map<std::string, std::string>;

/// A tensor of a file that was not read because its dtype is not supported.
struct UnreadTensor {
  /// Its name.
  std::string name;
  /// Its dtype as spelled in the file: "F8_E4M3".
  std::string dtype;
};

/// The contents of a safetensors file.
struct Safetensors {
  /// In the order of their bytes.
  std::vector<Parameter> tensors;
  /// The file's `__metadata__`; empty if it has none.
  Metadata metadata;
  /// Tensors of unsupported dtypes, in the order of their bytes.
  std::vector<UnreadTensor> unread;
};

/// Writes the tensors in the order given, and the metadata unless it is empty. Error where a name occurs twice, is
/// `__metadata__` or is not UTF-8; FileError where the file cannot be written completely (an existing file is then
/// unchanged).
void write_safetensors(std::span<const Parameter> tensors, const std::string& file, const Metadata& metadata = {});
/// Reads a file: F32, F64, I64, BOOL and U8 as they are, F16 and BF16 as float32, exactly; tensors of other dtypes are
/// skipped and listed. FileError names the file, the tensor, the expected and the found value; also for keys that the
/// format does not define, and if no tensor at all has a supported dtype.
Safetensors read_safetensors(const std::string& file);

}  // namespace retrograd::nn

namespace retrograd::detail {

/// FileError, beginning with `where`, that names the tensor's dtype and lists the supported ones.
[[noreturn]] void fail_unread(const std::string& where, const nn::UnreadTensor& tensor);

}  // namespace retrograd::detail
