// Models in files, by the names of their fields: all parameters and buffers of a model, each under its dotted name, as
// safetensors. Loading checks every name, shape and dtype before it writes a value, so a model is loaded or unchanged.
// Where a field was renamed since, a function from the file's names to the model's reads the old files. Knows nothing
// of how bytes lie in a file.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "safetensors.h"

namespace retrograd::nn {

/// From a name in the file to the model's name for it; an empty one leaves the tensor out.
///   [](std::string_view name) { return name == "fc.weight" ? "head.weight" : std::string(name); }
using Rename = std::function<std::string(std::string_view)>;

/// What `load_partial` found, by the model's names.
struct LoadReport {
  /// Of both: these now have the file's values.
  std::vector<std::string> loaded;
  /// Of the model alone: these are as they were.
  std::vector<std::string> missing;
  /// Of the file alone, after renaming: these were left out.
  std::vector<std::string> unexpected;
};

}  // namespace retrograd::nn

namespace retrograd::detail {

/// Tensors of the same names, shapes and dtypes, about to be copied.
class Matched {
 public:
  /// FileError, which begins with `where`, on a name that stands twice, a shape or dtype that differs, or a tensor of
  /// `into` that the file has and that is not read; TapeError where an open tape tracks a tensor of `into`.
  Matched(const nn::Safetensors& from, std::span<const Parameter> into, const std::string& where);
  /// FileError unless all names of either stand in the other.
  void check_all() const;
  /// Writes the values, and says which.
  const nn::LoadReport& copy() const;

 private:
  std::string where_;
  std::vector<std::pair<Tensor, Tensor>> pairs_;  // from, into
  nn::LoadReport report_;
};

/// A file's tensors under the model's names.
nn::Safetensors read_renamed(const std::string& file, const nn::Rename& rename);

}  // namespace retrograd::detail

namespace retrograd::nn {

/// Saves every parameter and buffer under its dotted name. FileError where the file cannot be written whole.
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

/// Loads what the file and the model both name, and reports the rest. A shape or dtype that differs is a FileError here
/// too, and the model then unchanged; `rename` can leave such a tensor out.
template <HasFields Model>
LoadReport load_partial(Model& model, const std::string& file, const Rename& rename = {}) {
  return retrograd::detail::Matched(retrograd::detail::read_renamed(file, rename), state(model), file).copy();
}

}  // namespace retrograd::nn
