// Named tensors in a file: the safetensors format (a length, a JSON header, the bytes), which PyTorch, JAX and Hugging
// Face's tools read. Reading checks everything the reference reader does before any value is used; writing goes to a
// temporary file that is synced and renamed, so the old file survives a full disk. Knows names and tensors, not models.
#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "../../core/tensor/fields.h"

namespace retrograd::nn {

/// Strings by their names, which a file carries beside its tensors.
using Metadata = std::map<std::string, std::string>;

/// A tensor of a file that was not read.
struct UnreadTensor {
  /// Its name.
  std::string name;
  /// Its dtype as the file has it: "F8_E4M3".
  std::string dtype;
};

/// What a safetensors file holds.
struct Safetensors {
  /// In the order of their bytes.
  std::vector<Parameter> tensors;
  /// Its `__metadata__`; empty where it has none.
  Metadata metadata;
  /// Those of dtypes that are not read, in the order of their bytes.
  std::vector<UnreadTensor> unread;
};

/// Writes the tensors in the order given, and metadata where there are any. Error where a name stands twice, is
/// `__metadata__` or not UTF-8; FileError where the file cannot be written whole (an old one is then untouched).
void write_safetensors(std::span<const Parameter> tensors, const std::string& file, const Metadata& metadata = {});
/// Reads a file: F32, F64, I64, BOOL and U8 as they are, F16 and BF16 as float32, exactly; tensors of other dtypes are
/// left out and listed. FileError names the file, the tensor, what was expected and what was found; of keys that the
/// format does not have, too, and where no tensor at all has a dtype that is read.
Safetensors read_safetensors(const std::string& file);

}  // namespace retrograd::nn

namespace retrograd::detail {

/// FileError that says which dtypes are read, and not that of this tensor; `where` begins it.
[[noreturn]] void fail_unread(const std::string& where, const nn::UnreadTensor& tensor);

}  // namespace retrograd::detail
