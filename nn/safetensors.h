// Named tensors in a file: the safetensors format (a length, a JSON header, the bytes), which PyTorch, JAX and Hugging
// Face's tools read. Reading checks everything the reference reader does before any value is used; writing goes to a
// temporary file that is synced and renamed, so the old file survives a full disk. Knows names and tensors, not models.
#pragma once
#include <filesystem>
#include <span>
#include <vector>

#include "../core/fields.h"

namespace retrograd::detail {
void copy_parameters(std::span<const Parameter> from, std::span<const Parameter> into,
                     const std::filesystem::path& file);
}

namespace retrograd::nn {

/// Writes the tensors in the order given; FileError where the file can't be written whole (an old one is then
/// untouched).
void write_safetensors(std::span<const Parameter> tensors, const std::filesystem::path& file);
/// Reads all tensors of a file, in the order of their bytes. FileError names the file, what is wrong, expected and
/// found.
std::vector<Parameter> read_safetensors(const std::filesystem::path& file);

/// Saves every parameter and buffer under its dotted name.
template <HasFields Model>
void save(const Model& model, const std::filesystem::path& file) {
  write_safetensors(state(model), file);
}

/// Loads every parameter and buffer by its dotted name, in place. FileError where names, shapes or dtypes differ from
/// the model's; the model is then unchanged. TapeError where an open tape tracks a parameter.
template <HasFields Model>
void load(Model& model, const std::filesystem::path& file) {
  detail::copy_parameters(read_safetensors(file), state(model), file);
}

}  // namespace retrograd::nn
