// Named tensors in a file: the safetensors format (a length, a JSON header, the bytes), which PyTorch, JAX and Hugging
// Face's tools read. Reading checks everything the reference reader does before any value is used; writing goes to a
// temporary file that is synced and renamed, so the old file survives a full disk. Knows names and tensors, not models.
#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "../core/fields.h"

namespace retrograd::nn {

/// Strings by their names, which a file carries beside its tensors.
using Metadata = std::map<std::string, std::string>;

/// What a safetensors file holds.
struct Safetensors {
  /// In the order of their bytes.
  std::vector<Parameter> tensors;
  /// Its `__metadata__`; empty where it has none.
  Metadata metadata;
};

/// Writes the tensors in the order given, and metadata where there are any. Error where a name stands twice, is
/// `__metadata__` or not UTF-8; FileError where the file can't be written whole (an old one is then untouched).
void write_safetensors(std::span<const Parameter> tensors, const std::string& file, const Metadata& metadata = {});
/// Reads a file: F32, F64, I64, BOOL and U8 as they are, F16 and BF16 as float32, exactly. FileError names the file,
/// the tensor, what was expected and what was found; of other dtypes too, and of keys that the format does not have.
Safetensors read_safetensors(const std::string& file);

}  // namespace retrograd::nn
