// Saves and loads models: all parameters and buffers of a model, each under its dotted name, in a safetensors file.
// Loading checks every name, shape and dtype before it writes a value, so a model is either loaded or unchanged. To
// load a file written before a field was renamed, pass a function from the file's names to the model's. Does not depend
// on the layout of the file.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "safetensors.h"

namespace retrograd::nn {

/// Maps a name in the file to a name in the model; an empty result skips the tensor.
///   [](std::string_view name) { return name == "fc.weight" ? "head.weight" : std::string(name); }
using Rename = std::function<std::string(std::string_view)>;

/// The result of `load_partial`, by the model's names.
struct LoadReport {
  /// In both: now holding the file's values.
  std::vector<std::string> loaded;
  /// In the model only: unchanged.
  std::vector<std::string> missing;
  /// In the file only, after renaming: skipped.
  std::vector<std::string> unexpected;
};

}  // namespace retrograd::nn

namespace retrograd::detail {

/// Pairs of tensors with the same name, shape and dtype, about to be copied.
class Matched {
 public:
  /// FileError, beginning with `where`, on a duplicate name, a different shape or dtype, or a tensor of `into` whose
  /// dtype in the file is not supported; TapeError where an open tape tracks a tensor of `into`.
  Matched(const nn::Safetensors& from, std::span<const Parameter> into, const std::string& where);
  /// FileError unless both sides have the same names.
  void check_all() const;
  /// Copies the values, and reports the names.
  const nn::LoadReport& copy() const;

 private:
  std::string where_;
  std::vector<std::pair<Tensor, Tensor>> pairs_;  // from, into
  nn::LoadReport report_;
};

/// Reads a file and applies `rename` to its names.
nn::Safetensors read_renamed(const std::string& file, const nn::Rename& rename);

}  // namespace retrograd::detail

namespace retrograd::nn {

/// Saves every parameter and buffer under its dotted name. FileError where the file cannot be written completely.
template <HasFields Model>
void save(const Model& model, const std::string& file, const Metadata& metadata = {}) {
  write_safetensors(state(model), file, metadata);
}

/// Loads every parameter and buffer by its dotted name, in place. FileError where names, shapes or dtypes differ from
/// the model's, which is then unchanged. TapeError where an open tape tracks one of them.
template <HasFields Model>
void load(Model& model, const std::string& file, const Rename& rename = {}) {
  retrograd::detail::Matched matched(retrograd::detail::read_renamed(file, rename), state(model), file);
  matched.check_all();
  matched.copy();
}

/// Loads the tensors that the file and the model have in common, and reports the others. A different shape or dtype is
/// a FileError here too, and leaves the model unchanged; `rename` can skip such a tensor.
template <HasFields Model>
LoadReport load_partial(Model& model, const std::string& file, const Rename& rename = {}) {
  return retrograd::detail::Matched(retrograd::detail::read_renamed(file, rename), state(model), file).copy();
}

}  // namespace retrograd::nn
